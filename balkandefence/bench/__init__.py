"""How fast builds are, measured beside what readers would use instead; see the page "How fast"."""
