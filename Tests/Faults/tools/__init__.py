"""What the faults are made with, and how their outcome is judged."""
