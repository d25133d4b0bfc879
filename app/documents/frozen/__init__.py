"""How is a scorecard printed without laying it out again? Its blocks are frozen; only texts and marks are filled in."""
