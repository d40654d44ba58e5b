"""ADMIT: who is this, and what may they see."""
