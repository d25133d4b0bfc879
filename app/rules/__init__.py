"""What are the rules of weights, actuals, scores and grades? Numbers in, numbers out; no I/O, clock or text."""
