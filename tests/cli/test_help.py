"""`wooster help`: what `--help` says, for who doesn't know dashes."""

from __future__ import annotations

import pytest

from wooster.cli.parser import parse


@pytest.mark.parametrize("words", [[], ["backup"], ["models", "pull"]])
def test_help_says_what_the_dashed_form_says(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of all, of a command, and of what comes after one; a command that isn't there is named."""
    told = []
    for arguments in (["help", *words], [*words, "--help"]):
        with pytest.raises(SystemExit) as ended:
            parse(arguments)
        assert ended.value.code == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] and told[0].startswith(" ".join(["usage: wooster", *words]))
    with pytest.raises(SystemExit) as wrong:
        parse(["help", "nonsense"])
    assert wrong.value.code == 2 and "nonsense" in capsys.readouterr().err
