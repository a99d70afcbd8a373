"""The main job, played on a province: a directive goes down, answers come up, totals are computed, people are told."""
