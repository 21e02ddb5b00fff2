"""What is generated: a folder a layer, each with `plan(project) -> Iterable[PlannedFile]`, views and templates."""
