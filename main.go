// Command devgate starts the servers of a project, puts them behind one port
// in declared order, and restarts what changes. See README.md.
package main

import (
	"io"
	"log"
	"os"

	"devgate/internal/cli"
)

func main() {
	// Nothing of devgate writes to Go's logger. What the standard library writes there
	// (of a server that talks out of turn) is no line of anybody's, and goes between
	// those of the services.
	log.SetOutput(io.Discard)
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
