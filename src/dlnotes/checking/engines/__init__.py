"""Engines that prove or refute; one module each."""
