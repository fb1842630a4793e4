// Command devgate starts the servers of a project, puts them behind one port
// in declared order, and restarts what changes. See README.md.
package main

import (
	"os"

	"devgate/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
