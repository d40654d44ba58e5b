"""GROUND: the nouns everything shares. Imports nothing of ours."""
