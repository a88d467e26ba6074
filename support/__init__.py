"""Reports to tickets: registered once by the plan's rules, started, and acted on, whichever door they came through."""
