// Command dist makes everything that a release of devgate consists of, from a
// folder that holds the source of one commit and nothing else.
//
// # Guarantees
//
//   - Two runs over the same commit with the same Go give the same bytes,
//     wherever and whenever they run.
//   - A program is built from go.mod of devgate alone: what this module needs has
//     no part in it.
//   - What is linked into a program is named in its notices and its bill of
//     materials, with the whole text of its licence. A licence that is not known, or
//     not permissive, ends the run.
//   - Nothing is asked of the network but Go modules.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"
)

func main() {
	r, err := parse(os.Args[1:])
	if err == nil {
		err = r.make()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// versions are those that all of deb, rpm, npm and Go's modules understand.
var versions = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[a-z]+(\.[0-9]+)?)?$`)

// parse reads the command line.
func parse(args []string) (*release, error) {
	r := &release{}
	flags := flag.NewFlagSet("dist", flag.ContinueOnError)
	flags.StringVar(&r.version, "version", "", "the release, as 1.2.3 or 1.2.3-rc.1")
	flags.StringVar(&r.commit, "commit", "", "the commit that the source is of")
	flags.StringVar(&r.source, "source", "", "the folder with the source")
	flags.StringVar(&r.out, "out", "", "the folder to make; what is in it is lost")
	flags.StringVar(&r.home, "home", "", "where releases are downloaded from; else the module path says it")
	date := flags.String("date", "", "the time of the commit, in seconds since 1970")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	seconds, err := strconv.ParseInt(*date, 10, 64)
	r.date = time.Unix(seconds, 0).UTC()
	switch {
	case err != nil:
		return nil, fmt.Errorf("-date %q: want seconds since 1970", *date)
	case !versions.MatchString(r.version):
		return nil, fmt.Errorf("version %q: want something like 1.2.3 or 1.2.3-rc.1", r.version)
	case r.source == "" || r.out == "" || r.commit == "":
		return nil, errors.New("want -source, -out and -commit")
	}
	return r, r.readModule()
}
