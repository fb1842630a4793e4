//go:build !race

package proxy

// tunnelMax is what an idle tunnel may take.
const tunnelMax = 20<<10 + 2*stackExtra

// abortions is how many clients break off.
const abortions = 10_000 / slower
