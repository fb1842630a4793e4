//go:build e2e

package e2e

import (
	"strconv"
)

// portOf is a port of the project, by its name in a Devgatefile.
func (p *project) portOf(name string) int {
	n, _ := strconv.Atoi(p.ports[name])
	return n
}
