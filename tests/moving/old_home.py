"""A home of the original, in its formats: each variant of each file that it, or an older version of
it, wrote. Made of the facts about those formats; no line is anybody's.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.moving.old_tables import TABLES

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"

TEXTS: dict[str, str] = {
    "gtd/inbox.md": (
        "# Inbox\n\n- [ ] 2026-01-10 09:30:00 ask Ana about the roof\n"
        "- [] 2026-01-11 08:00:00 no blank in its box\n* a star without a box\n"
        "- [x] 2026-01-12 07:00:00 ticked by hand\n"
    ),
    "gtd/next_actions.md": (
        "# Next actions\n\n"
        f"- [ ] @home +home Buy milk due:2026-12-01 (Captured: 2026-01-10) (id: {ID})\n"
        "- [ ] @home +home 3 eggs (id:11111111-2222-3333-4444-555555555555)\n"
        "- [ ] @at-work @phone call the plumber (soon) (Captured: 2026-01-10)\n"
        "  - a note that belongs to it\n"
        "- [ ] +US Trip Plan packing list (Captured: 2026-01-11)\n"
        "- [ ] SCHEDULE (failed parse): @home dentist <tue> (Captured: 2026-01-11 10:00:00)\n"
        "* [ ] a star with a box\n"
        "- [ ] pay (half of) the rent (Completed: 2026-01-09) (other words)\n"
        "- [ ] SCHEDULE (API Error): @home barber (Captured: 2026-01-11 10:00:00)\n"
        "- [ ] SCHEDULE (Exec Error): @home garage (Captured: 2026-01-11 10:00:00)\n"
        "- [ ] SCHEDULE (Parse Invalid): @home optician (Captured: 2026-01-11 10:00:00)\n"
        "- [ ] SCHEDULE (no service): @home tailor (Captured: 2026-01-11 10:00:00)\n"
        "just words\n"
    ),
    "gtd/someday_maybe.md": "- [ ] learn Greek (Captured: N/A)\r\n- [ ] sail (Captured: N/A)\r\n",
    "gtd/waiting_for.md": (
        "- [ ] the report - Waiting For: Bob (Delegated/Requested: 2026-01-10, Captured: N/A)\n"
        "- [ ] the key - Waiting For: ??? (Logged: 2026-01-11, Captured: N/A)\n"
        "- [ ] @Waiting Ana re: the photos (Logged: 2026-01-12)\n"
        "- [ ] @Waiting the parcel (Logged: 2026-01-12)\n"
    ),
    "gtd/archive/2026-01-10T09-30-00.000Z_old_thing.md": (
        "---\nArchive Date: 2026-01-10T09:30:00.000Z\nOriginal Timestamp: N/A\n---\n\nold thing\n"
    ),
    "gtd/archive/nextActions/nextaction_2026-01-09T10-00-00.000Z_call_Bob.md": (
        "---\nSourceFile: next_actions.md\nArchived: 2026-01-09T10:00:00.000Z\n---\n\n"
        "- [x] @phone call Bob (Completed: 2026-01-09)\n"
    ),
    "logs/nextActionsArchive/nextaction_2025-06-01T10-00-00.000Z_older.md": (
        "---\nSourceFile: next_actions.md\nArchived: 2025-06-01T10:00:00.000Z\n---\n\n"
        "- [x] older (Completed: 2025-06-01)\n"
    ),
    "logs/inboxArchive/2025-06-01T11-00-00.000Z_gone.md": (
        "---\nArchive Date: 2025-06-01T11:00:00.000Z\nOriginal Timestamp: N/A\n---\n\ngone\n"
    ),
    "inbox.md": "- [ ] 2025-05-01 09:00:00 an item of the root\n",
    "next_actions.md": "- [ ] @home prune the roses (Captured: 2025-05-01)\n",
    "someday_maybe.md": "- [ ] build a sauna (Captured: 2025-05-01 09:00:00)\n",
    "waiting_for.md": "- [ ] @Waiting Eve re: the older list in the root (Logged: 2025-05-01)\n",
    "projects/us-trip/us-trip.md": (
        "# Journal: US Trip\n\n## Overview\n\n## Tasks\n\n"
        "\\n- [ ] book a hotel: in Boston (Added from Inbox: 2026-01-10 09:00:00)\n\n"
        "## Tasks\n\n- [ ] a second heading\n\n## 2026-01-11 10:00\n\nTickets are booked.\n"
    ),
    "projects/us-trip/prompt.txt": "You plan trips.\n",
    "projects/band/band.md": "# BAND Journal\n\n## 2026-01-12 20:00\n\nA new song.\n",
    "projects/lease/lease.md": (
        "# Journal: Lease\n\n## Initial Item\n\n- [ ] read it\n\n## Reference Material\n"
        "contract number 12 (Captured: 2026-01-10 09:00:00)\n\n## Money\n"
        "due on the third (Captured: N/A)\n"
    ),
    "projects/flat/journal.md": "# Journal for Flat\n\n## Tasks\n\n- [ ] paint\n",
    "projects/garden/actions.txt": "plant @outside tulips\n\n- [ ] water them\n",
    "projects/garden/completed_actions.txt": "dig the beds\n",
    "projects.json": json.dumps({"Flat": "projects/flat", "Boat": ["/nowhere/boat/**"]}),
    "notes/ideas.md": (
        "---\nid: n1\ntitle: Ideas\ntags: work\naliases: [thoughts]\n"
        "created: 1736500000000.5\n---\n\n# Ideas\n\nA [[wiki link]].\n"
    ),
    "notes/proj-attic.md": "---\ntype: project\ntitle: Attic\ntags: [a, b]\n---\n\nClear it.\n",
    "notes/proj-cellar.md": (
        "---\nid: 01J\ntype: project\ntitle: 'Cellar'\nstatus: active\ncreated: 1736500000000\n"
        "updated: 1736500000000\ntags: []\nassets_dir: assets/cellar\nprompt: |\n"
        "  Think of damp.\n  Be short.\n---\n\nDry it out.\n"
    ),
    ".user_profile/about.md": "I keep bees.\n",
    ".user_profile/user_profile_vector_store.json": json.dumps(
        [{"pageContent": "hat_size: 58", "metadata": {"category": "hat_size"}}]
    ),
    "notes/projects/attic.md": "# Attic\n\nSeen by day.\n",
    "health/health_events.log.md": (
        "2026-01-10 07:00:00 slept 7 hours\n\n2026-01-10 18:00:00 ran 5 km\nin the rain\n\n"
    ),
    "health/health.md": (
        "# Personal Health Log\n\n## 2026-01-10\n- 07:00:00 slept 7 hours\n\n"
        "## 2026-01-08\n- 08:00:00 a headache\n"
    ),
    "health_events.log.md": "# Log\nno date here\n2025-05-01 08:00:00 an older entry\n",
    ".env": (
        "# Models\nOPENAI_API_KEY='sk-planted-secret'\nOPENAI_ENABLED=false\n"
        'export SIGNAL_CLI_NUMBER="+4915112345678"\nSIGNAL_TO=+4915187654321 # me\n'
        "DAILY_REVIEW_SCHEDULE_CRON=30 6 * * *\nGTD_NEXT_ACTIONS_VIEW_FORMAT={id}\n"
        "GMAIL_SENDER_EMAIL_ADDRESS=me@example.org\nGMAIL_APP_PASSWORD=planted app password\n"
        "ROUTING_FAST_URL=http://127.0.0.1:8081/v1\nROUTING_FAST_MODEL=Qwen3-30B\n"
        "TAVILY_API_KEY=\nCODE_AGENT_MAX_ATTEMPTS=2\nLOG_LEVEL=WARN\nWEATHER_CITY=Porto\n"
        "GTD_PROJECTS_DIR=../beside/projects\nMY_OWN=1\nnot a setting\n"
        "GTD_BASE_PATH=../beside\nGTD_INBOX_PATH=../beside/eingang.md\n"
        "GTD_NEXT_ACTIONS_PATH=./gone.md\nGTD_ARCHIVE_DIR=../beside/done\n"
        "GTD_NEXT_ACTIONS_ARCHIVE_DIR_PATH=../beside/done/next\n"
        "PERSONAL_HEALTH_DIR=../beside/body\nUSER_PROFILE_STORE_PATH=../beside/me\n"
        'SIGNAL_GROUP_ID="unclosed\n'
        'USER_PROFILE_EXTRACTOR_LLM_PROMPT="of two\nlines" # and a comment\n'
        "ROUTING_THINKING_URL=https://models.example.org/v1\n"
    ),
    "../beside/eingang.md": "- [ ] 2026-01-13 09:30:00 an item of elsewhere\n",
    "../beside/someday_maybe.md": "- [ ] keep bees (Captured: N/A)\n",
    "../beside/shopping.md": "not looked into\n",
    "../beside/projects/boat/boat.md": "# Journal: Boat\n\n## Tasks\n\n- [ ] tar the hull\n",
    "../beside/projects/shed/actions.txt": "mend the roof\n",
    "../beside/done/2025-01-10T09-30-00.000Z_gone.md": (
        "---\nArchive Date: 2025-01-10T09:30:00.000Z\nOriginal Timestamp: N/A\n---\n\nan old one\n"
    ),
    "../beside/done/next/nextaction_2025-01-09T10-00-00.000Z_call.md": (
        "---\nSourceFile: next_actions.md\nArchived: 2025-01-09T10:00:00.000Z\n---\n\n"
        "- [x] call the bank (Completed: 2025-01-09)\n"
    ),
    "../beside/body/health_events.log.md": "2026-01-09 07:00:00 rowed across the bay\n",
    "../beside/me/user_profile_vector_store.json": json.dumps(
        [{"pageContent": "shoe_size: 44", "metadata": {"category": "shoe_size"}}]
    ),
    "config/dailyReview.json": json.dumps(
        {
            "scheduleCron": "0 7 * * *",
            "isDailyReviewEnabled": True,
            "deliveryChannels": {
                "email": {"enabled": True, "recipient": "me@example.org"},
                "discord": {"enabled": False, "webhookUrl": "https://discord.example/x"},
            },
            "contentModules": {"calendar": True, "projectActions": True, "fitnessLog": False},
        }
    ),
    "config/local-model.json": json.dumps({"routing": {"enabled": True}}),
    "config/settings.toml": (
        '[server]\ndomain_name = "x"\nhost = "0.0.0.0"\n'
        'api_keys = ["box-planted-secret", "other"]\n'
        "[services.fast]\nport = 8081\nbackend_port = 8091\nmodel = 'Qwen3.5-35B'\n"
        "filter_reasoning = true\n[services.thinking]\nport = 8083\nmodel = 'Qwen3.5-122B'\n"
        "[services.embedding]\nport = 8084\nquantization = true\n"
    ),
    "config/settings.env": "DOMAIN_NAME=x\nHF_TOKEN=planted-token\n",
    "prompts/base_system_prompt.txt": "You are Wooster.\n",
    "database/memory/profile/semantic_profile.json": json.dumps(
        {
            "preference:tea": {
                "category": "preference",
                "key": "likes",
                "value": "tea",
                "confidence": 0.9,
                "lastUpdated": "2025-11-01T10:00:00.000Z",
                "source": "inferred",
                "mentions": 2,
            },
            "relationship:son": {"category": "relationship", "key": "son"},
        }
    ),
    "database/memory/episodic/episodes.json": json.dumps(
        [
            {
                "id": "e1",
                "timestamp": "2025-11-02T10:00:00.000Z",
                "summary": "Talked about sailing to Crete",
                "topics": ["projects"],
                "actionsTaken": [],
                "pendingFollowups": ["call the harbour"],
            },
            {"id": "e2", "summary": "no time"},
        ]
    ),
    "database/vectors.json": "{}",
    "vector_data/user_profile_store/user_profile_vector_store.json": json.dumps(
        [
            {"pageContent": "Initial placeholder", "metadata": {"source": "init"}},
            {"pageContent": "favorite_color: blue", "metadata": {"category": "favorite_color"}},
            {"pageContent": "favorite_color: green", "metadata": {"category": "favorite_color"}},
            {"pageContent": "car: a Volvo", "metadata": {"category": "car"}},
            {"pageContent": "car: a bicycle", "metadata": {"category": "car"}},
            {"pageContent": "interest: sailing", "metadata": {"category": "interest"}},
            {"metadata": {}},
        ]
    ),
    "vector_data/user_profile_store/user_profile_vector_store.json.bak": json.dumps(
        [{"pageContent": "interest: sailing", "metadata": {"category": "interest"}}]
    ),
    "vector_data/user_profile_store/user_profile_vector_store.json.2026-01-04.bak": json.dumps(
        [{"pageContent": "interest: sailing", "metadata": {"category": "interest"}}]
    ),
    "database/hnsw.index": "\0\1",
    "database/cached_vectors.json": json.dumps([{"id": "1", "vector": [0.1], "content": "x"}]),
    "database/memory/episodic/hnsw.index": "\0\1",
    "database/memory/episodic/hnsw_metadata.json": json.dumps({"nextLabel": 1}),
    "vector_data/flat/vector_store.json": json.dumps(
        [
            {"pageContent": "# Rent\n\nIt is due on", "metadata": {"source": "rent.md"}},
            {"pageContent": "It is due on the third.", "metadata": {"source": "rent.md"}},
            {"pageContent": "paint", "metadata": {"full_path": "projects/flat/journal.md"}},
        ]
    ),
    "vector_data/boat/vector_store.json": json.dumps(
        [{"pageContent": "tar the hull", "metadata": {"source": "boat.md"}}]
    ),
    "vector_data/flat/meta.json": json.dumps({"model": "text-embedding-3-small"}),
    "announcements.json": json.dumps(
        [{"id": "urn:wooster:announce:1:a", "title": "Hello", "content": "World", "updated": "x"}]
    ),
    "announcements.xml": '<feed xmlns="http://www.w3.org/2005/Atom"></feed>',
    "logs/wooster_session.log": (
        "[1/9/2026, 9:30:12 AM] [INFO] started\n"
        "[1/9/2026, 9:31:12 AM] [RESPONSE] Your milk is on the list.\nAnd eggs.\n"
        "[1/9/2026, 9:32:12 AM] [DEBUG] x\n"
    ),
    "logs/chat.debug": "raw\n",
    "birthdays.ics": (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTAMP:20260101T000000Z\r\nDTSTART:20260601T120000\r\nDTEND:20260601T130000\r\n"
        "SUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ),
    "people.vcf": (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Silva;Ana;;;\r\nFN:Ana Silva\r\nORG:Harbour Ltd;\r\n"
        "item1.TEL:+351 1234\r\nBDAY:1980-03-12\r\nADR:;;Rua 1;Porto;;4000;Portugal\r\n"
        "PHOTO;ENCODING=b:AAAA\r\n BBBB\r\nX-STRANGE:what\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J\r\n"
        "EMAIL:j@example.org\r\nEND:VCARD\r\n"
    ),
    "package.json": "{}",
    "strange.bin": "?",
}


def build(root: Path) -> Path:
    """All of it, in a folder that is made."""
    for name, text in TEXTS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    for name, tables in TABLES.items():
        path = root / name
        connection = sqlite3.connect(path)
        for table, rows in tables.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
            for row in rows:
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                    list(row.values()),
                )
        connection.commit()
        connection.close()
    (root / "notes" / "latin.md").write_bytes("Café\n".encode("cp1252"))
    (root / "notes" / "broken link.md").symlink_to(root / "nowhere.md")
    (root / "notes" / "same.md").symlink_to(root / "notes" / "ideas.md")
    (root / "notes" / "loop").symlink_to(root / "notes")
    return root
