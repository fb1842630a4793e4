// Command picture records a session of devgate in a real terminal and draws it: an
// SVG that moves by itself, once for pages that are light and once for dark ones.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	program := flag.String("devgate", "", "the program")
	example := flag.String("example", "", "the folder that holds the example")
	out := flag.String("out", "", "the folder for session-light.svg and session-dark.svg")
	flag.Parse()
	if err := draw(*program, *example, *out); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func draw(program, example, out string) error {
	r, err := recordSession(program, example)
	if err != nil {
		return err
	}
	frames := r.frames()
	for name, colours := range map[string]palette{"light": light, "dark": dark} {
		path := filepath.Join(out, "session-"+name+".svg")
		if err := os.WriteFile(path, svg(frames, colours), 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("picture: %d frames\n", len(frames))
	return nil
}
