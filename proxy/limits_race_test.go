//go:build race

package proxy

// tunnelMax is what an idle tunnel may take; the race detector takes more.
const tunnelMax = 40 << 10
