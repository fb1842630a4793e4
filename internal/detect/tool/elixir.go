package tool

import (
	"path"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// exsPort finds "http: [ip: {127, 0, 0, 1}, port: 4000]".
var exsPort = pattern.New(`(?m)^\s*http:.*\bport:\s*(?:String\.to_integer\()?[^0-9\n]*([0-9]{2,5})`)

// lookPhoenix: in development the port is in a file, and moves only if that file, or
// the part of the other that is not for production, asks for $PORT.
func (k *Kit) lookPhoenix(l *split.Leaf, s *Made) {
	s.cover(l.Dir, Elixir)
	file := path.Join(l.Dir, "config/dev.exs")
	dev, _ := k.Text(file)
	if m := exsPort.FindStringSubmatch(dev); m != nil {
		s.Port = found.Port{Number: files.Port(m[1]), From: file}
	}
	runtime, _ := k.Text(path.Join(l.Dir, "config/runtime.exs"))
	// runtime.exs is read in every environment, but what a new project has there stands
	// behind "if config_env() == :prod".
	always, _, _ := strings.Cut(runtime, "== :prod")
	if strings.Contains(dev+always, `"PORT"`) {
		s.Moved = s.Command
	}
}
