"""What the plays stand on: processes, ports, peers, taps and the report."""
