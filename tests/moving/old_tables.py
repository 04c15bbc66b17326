"""The databases of the original's home, table by table."""

from __future__ import annotations

import json
from typing import Any

TABLES: dict[str, dict[str, list[dict[str, Any]]]] = {
    "database/habits.sqlite3": {
        "habits": [
            {
                "id": "h1",
                "name": "Meditate",
                "description": "ten minutes",
                "frequency": "daily",
                "target_days": "[0,1,2,3,4,5,6]",
                "streak": 99,
                "created_at": "2026-01-01T08:00:00.000Z",
                "is_active": 1,
                "reminder_time": "07:30",
            },
            {
                "id": "h2",
                "name": "Run",
                "frequency": "weekly",
                "target_days": "[0,3]",
                "created_at": "2025-06-01T08:00:00.000Z",
                "is_active": 0,
            },
            {"id": "h3", "name": "", "frequency": "daily"},
            {
                "id": "h4",
                "name": "Pay the rent",
                "frequency": "monthly",
                "target_days": "[1,31]",
                "created_at": "2025-12-01T08:00:00.000Z",
                "is_active": 1,
                "category": "home",
                "color": "#fff",
            },
            {
                "id": "h5",
                "name": "Stretch",
                "frequency": "custom",
                "target_days": "[2,4]",
                "created_at": "2025-12-01T08:00:00.000Z",
                "is_active": 1,
            },
        ],
        "habit_completions": [
            {"id": 1, "habit_id": "h1", "completed_at": "2026-01-08T23:30:00.000Z", "notes": "a"},
            {"id": 2, "habit_id": "h1", "completed_at": "2026-01-09T08:30:00.000Z", "notes": ""},
            {"id": 3, "habit_id": "h2", "completed_at": "2025-06-08T08:30:00.000Z", "notes": None},
            {"id": 4, "habit_id": "gone", "completed_at": "2025-06-08T08:30:00.000Z"},
            {"id": 5, "habit_id": "h1", "completed_at": "never"},
        ],
    },
    "database/goals.sqlite3": {
        "goals": [
            {
                "id": "g1",
                "title": "Weight",
                "category": "health",
                "status": "active",
                "target_date": "2026-12-31",
                "created_at": "2026-01-01T08:00:00.000Z",
                "measure_unit": "lb",
                "target_value": 170.0,
                "current_value": 189.0,
            },
            {
                "id": "g2",
                "title": "Write a book",
                "status": "completed",
                "progress": 100,
                "created_at": "2025-01-01T08:00:00.000Z",
                "completed_at": "2025-12-01T08:00:00.000Z",
            },
            {
                "id": "g3",
                "title": "Learn to row",
                "status": "paused",
                "progress": 40,
                "created_at": "2025-01-01T08:00:00.000Z",
            },
            {
                "id": "g4",
                "title": "Play the tuba",
                "status": "abandoned",
                "created_at": "2025-01-01T08:00:00.000Z",
                "updated_at": "2025-02-01T08:00:00.000Z",
                "notes": "The neighbours.",
            },
        ],
        "milestones": [
            {
                "id": "m1",
                "goal_id": "g2",
                "title": "first draft",
                "is_completed": 1,
                "completed_at": "2025-05-01T08:00:00.000Z",
            }
        ],
        "progress_entries": [
            {"id": 1, "goal_id": "g1", "date": "2026-01-01T08:00:00.000Z", "value": 190.0},
            {"id": 2, "goal_id": "g1", "date": "2026-01-09T08:00:00.000Z", "value": 189.0},
            {"id": 3, "goal_id": "g1", "date": "2026-01-10T08:00:00.000Z", "value": None},
        ],
    },
    "database/scheduler.sqlite3": {
        "schedules": [
            {
                "id": "s1",
                "description": "Send Signal",
                "schedule_expression": "0 8 * * 1-5",
                "task_key": "a",
                "task_handler_type": "AGENT_PROMPT",
                "payload": json.dumps('sendSignal {"message":"take the pills"}'),
                "is_active": 1,
            },
            {
                "id": "s2",
                "schedule_expression": "2025-01-01T10:00:00.000Z",
                "task_key": "b",
                "task_handler_type": "AGENT_PROMPT",
                "payload": json.dumps("call Bob"),
                "is_active": 1,
            },
            {
                "id": "s3",
                "schedule_expression": "15 6 * * *",
                "task_key": "dailyReview.send",
                "task_handler_type": "DIRECT_FUNCTION",
                "payload": None,
                "is_active": 1,
            },
            {
                "id": "s4",
                "schedule_expression": "0 5 * * *",
                "task_key": "personalHealth.generateDailyReport",
                "task_handler_type": "DIRECT_FUNCTION",
                "payload": None,
                "is_active": 1,
            },
            {
                "id": "s5",
                "schedule_expression": "0 9 1 * 1",
                "task_key": "c",
                "task_handler_type": "AGENT_PROMPT",
                "payload": json.dumps({"prompt": "pay the rent"}),
                "is_active": 0,
            },
            {
                "id": "s6",
                "schedule_expression": "2026-12-01T09:00:00",
                "task_key": "d",
                "task_handler_type": "AGENT_PROMPT",
                "payload": json.dumps("await sendSignal('buy a candle');"),
                "is_active": 1,
                "updated_at": "2025-06-01T08:00:00.000Z",
                "next_run_time": None,
                "last_invocation": None,
                "execution_policy": "DEFAULT_SKIP_MISSED",
            },
            {
                "id": "s7",
                "schedule_expression": "0 7 * * *",
                "task_key": "e",
                "task_handler_type": "AGENT_PROMPT",
                "payload": json.dumps("What should I wear today?"),
                "is_active": 1,
            },
            {
                "id": "s8",
                "schedule_expression": "0 7 * * *",
                "task_key": "f",
                "task_handler_type": "AGENT_PROMPT",
                "payload": json.dumps("const w = await weather(); await sendSignal(w);"),
                "is_active": 1,
            },
        ],
        "task_execution_log": [{"id": 1, "task_key": "a"}],
        "reminders": [
            {
                "id": 1,
                "message": "water the plants",
                "schedule_type": "cron",
                "cron_spec": "0 9 * * sun",
                "is_active": 0,
            },
            {
                "id": 2,
                "schedule_type": "once",
                "when_date": "2026-12-24T18:00:00.000Z",
                "task_type": "signal",
                "task_payload": json.dumps({"message": "light the tree"}),
                "is_active": 1,
            },
        ],
    },
    "database/task_capture.sqlite3": {
        "tasks": [
            {
                "id": 1,
                "description": "find the passport",
                "status": "pending",
                "createdAt": "2025-06-02T10:00:00.000Z",
            },
            {
                "id": 2,
                "description": "sell the sofa",
                "status": "completed",
                "createdAt": "2025-06-02T10:00:00.000Z",
                "updatedAt": "2025-06-03T10:00:00.000Z",
            },
        ]
    },
    "database/knowledge_base.sqlite3": {
        "documents": [
            {
                "id": "k1",
                "path": "notes/sunk.md",
                "title": "Sunk",
                "aliases_json": "[]",
                "tags_json": "[]",
                "content_hash": "x",
                "namespace": "notes",
            }
        ],
        "blocks": [
            {
                "id": "b1",
                "doc_id": "k1",
                "kind": "heading",
                "heading_path": '["Sunk", "Deep"]',
                "start_offset": 0,
                "text": "Deep",
            },
            {
                "id": "b2",
                "doc_id": "k1",
                "kind": "paragraph",
                "heading_path": '["Sunk", "Deep"]',
                "start_offset": 9,
                "text": "A sunk text.",
            },
        ],
        "links": [{"src_block_id": "b2", "dst_ref": "Ideas", "ref_kind": "wikilink"}],
        "tags": [{"doc_id": "k1", "tag": "sea"}],
        "eval_runs": [{"id": 1, "suite": "x"}],
    },
    "database/personal_health.sqlite3": {
        "documents": [
            {"id": "d1", "path": "notes/ideas.md", "title": "Ideas"},
            {"id": "d2", "path": "notes/lost.md", "title": "Lost"},
        ],
        "blocks": [
            {"id": 1, "doc_id": "d2", "kind": "metadata", "text": "File: x", "start_offset": 0},
            {
                "id": 2,
                "doc_id": "d2",
                "kind": "paragraph",
                "text": "A lost text.",
                "start_offset": 9,
            },
        ],
        "traces": [{"id": 1, "query": "x"}],
        "health_entries": [
            {
                "id": 1,
                "date": "2025-05-02",
                "entryType": "workout",
                "content": "swam",
                "distanceKm": 1.5,
                "createdAt": "2025-05-02T09:00:00.000Z",
            }
        ],
    },
}
