//go:build race

package proxy

// tunnelMax is what an idle tunnel may take; the race detector takes more.
const tunnelMax = 40<<10 + 2*stackExtra

// abortions is how many clients break off; the race detector takes longer.
const abortions = 1_000 / slower
