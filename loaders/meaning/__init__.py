"""What a document says beside its figures: who it is of, duties, divisions, projects, indicators … one kind a file."""
