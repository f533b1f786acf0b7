"""Stand-ins for data sets that cannot be downloaded, made from nothing but a seed.

Each module has `CLASSES` and `draw(count, rng) -> (images uint8 (N, C, H, W), labels int64 (N,))`.

The same seed must give the same bytes on every machine. Processors (and BLAS) differ in the last
bit of sines and sums, so all arithmetic is in float64 and rounded to 8 bits once, at the end:
about one pixel in 10^12 could then differ. Glyphs and outlines come from Pillow's integer
rasterisers, random numbers from PCG64 by uniform draws alone (the normal ones call the C library).
"""
