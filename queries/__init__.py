"""ASK: one function per question. Every figure leaves through queries/_ask.py as an Answer."""
