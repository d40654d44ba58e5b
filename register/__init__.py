"""KEEP: what people write in the app. Append-only and audited: who, when, and what it said before."""
