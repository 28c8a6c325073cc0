"""Icons, bundled tables, experiments and lessons; installed as `bpviz.resources`."""
