package tool

import (
	"path"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// pumaPort finds ENV.fetch("PORT", 3000), ENV.fetch("PORT") { 3000 }, ENV["PORT"] || 3000.
var pumaPort = pattern.New(`PORT['"]\s*(?:,\s*|\)\s*\{\s*|\]\s*\|\|\s*)['"]?([0-9]{2,5})`)

// lookRails reads what a Rails application says of itself. It never gets "-P": the
// file of its number is removed by Rails itself when it is stale.
func (k *Kit) lookRails(l *split.Leaf, s *Made) {
	s.cover(l.Dir, Ruby)
	s.Grace = "10s" // puma lets its requests end
	routes, _ := k.Text(path.Join(l.Dir, "config/routes.rb"))
	if strings.Contains(routes, "rails/health") {
		s.Ready.Path = "/up"
	}
	file := path.Join(l.Dir, "config/puma.rb")
	puma, _ := k.Text(file)
	if m := pumaPort.FindStringSubmatch(puma); m != nil && s.Port.From == "" {
		s.Port = found.Port{Number: files.Port(m[1]), From: file}
	}
	withPort := func(t found.Text) found.Text {
		return found.Text(strings.ReplaceAll(string(t), "-p $PORT", "-p "+found.PortMark))
	}
	s.Command, s.Moved = withPort(s.Command), withPort(s.Moved)
}

// lookPuma is lookRails for an application that puma starts directly.
// Then the port is that of the application's puma.rb, not of puma's command line.
func (k *Kit) lookPuma(l *split.Leaf, s *Made) {
	if !k.Has(path.Join(l.Dir, "bin/rails")) {
		k.lookRack(l, s)
		return
	}
	s.Port.Number = 3000
	k.lookRails(l, s)
	// The configuration asks for $PORT, so the command needs no flag.
	if puma, _ := k.Text(path.Join(l.Dir, "config/puma.rb")); strings.Contains(puma, "PORT") {
		s.Command = found.Text(l.Text())
		s.Moved = s.Command
	}
}

// lookRack: nothing reloads a bare Rack application.
// Rails reloads its classes in development by itself, plain Rack has nothing of the kind.
func (k *Kit) lookRack(l *split.Leaf, s *Made) {
	s.cover(l.Dir, Ruby)
	s.Watch = []string{"**/*.rb", "config.ru"}
}

// lookRubyWorker: a worker keeps its code, so it is restarted.
func (k *Kit) lookRubyWorker(_ *split.Leaf, s *Made) {
	s.Watch = []string{"app/**/*.rb", "lib/**/*.rb"}
}
