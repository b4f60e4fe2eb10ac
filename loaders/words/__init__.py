"""Words and numbers: what readers, tables and prose all need to know of how official documents write."""
