//go:build !race

package proxy

// tunnelMax is what an idle tunnel may take.
const tunnelMax = 20 << 10
