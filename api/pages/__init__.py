"""The screens: pages from templates, forms as plain POSTs. Each works without a script."""
