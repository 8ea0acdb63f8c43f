"""Follows the bank's datasets: each revision that is announced is applied once, in the background, in small transactions."""
