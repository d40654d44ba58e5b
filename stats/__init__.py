"""RECKON: pure functions on counts, series and frames. Imports nothing of ours; knows neither database nor screen."""
