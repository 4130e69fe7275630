"""What will be done, before anything is: inputs, units, stages, checks."""
