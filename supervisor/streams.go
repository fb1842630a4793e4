package supervisor

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// pipes are a child's streams.
type pipes struct {
	stdin *os.File // never written to; nil where even it could not be opened
	pumps []*pump
	ends  []*os.File // the child's: what it reads, its output, its errors
}

// openPipes opens the three streams of a child. Whatever the error, what was opened is
// in the result.
//
// They are pipes of our own instead of exec.Cmd's: the last output of a crash
// must be out before the exit is told, and that moment cannot be seen from
// outside of Cmd.Wait.
func openPipes(stdout, stderr io.WriteCloser) (p pipes, err error) {
	in, stdin, err := os.Pipe()
	if err != nil {
		return p, fmt.Errorf("open stdin: %w", err)
	}
	p.stdin, p.ends = stdin, append(p.ends, in)
	for _, sink := range []io.WriteCloser{stdout, stderr} {
		r, w, err := os.Pipe()
		if err != nil {
			return p, fmt.Errorf("open output: %w", err)
		}
		p.ends = append(p.ends, w)
		p.pumps = append(p.pumps, newPump(r, sink))
	}
	return p, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

func startError(c Command, err error) error {
	if err == nil {
		return nil
	}
	if _, statErr := os.Stat(c.Dir); c.Dir != "" && statErr != nil {
		return fmt.Errorf("enter folder %s: no such folder", c.Dir)
	}
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("start %s: %w", c.Args[0], path.Err)
	}
	return fmt.Errorf("start %s: %w", c.Args[0], err)
}
