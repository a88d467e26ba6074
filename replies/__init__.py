"""Mail that comes in: answers that are matched to a meeting, reports that become tickets, words about tickets."""
