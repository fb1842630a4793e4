package tool

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

var (
	// runPort finds "uvicorn.run(app, port=8000", "app.run(port=int(5001".
	runPort = pattern.New(`(?:uvicorn\.run|\.run|serve)\([^)]*\bport\s*=\s*(?:int\()?[^)0-9]*([0-9]{2,5})`)
	// pythonEnv finds os.environ.get("PORT", "8000"), os.getenv("PORT").
	pythonEnv = pattern.New(`(?:environ(?:\.get\(|\[)|getenv\()['"]PORT['"](?:\s*,\s*['"]?([0-9]{2,5}))?`)
	// bindLine finds bind = "0.0.0.0:8080".
	bindLine = pattern.New(`(?m)^\s*bind\s*=\s*[^\n#]*?:([0-9]{2,5})`)
)

// lookPython takes what the sources say of a server that reloads by itself.
func (k *Kit) lookPython(l *split.Leaf, s *Made) {
	s.cover(l.Dir, Python)
	s.Ready.Path = healthOf(k.textBelow(l.Dir, ".py"))
}

// lookUvicorn: where words do not reach it, behind a task runner, uvicorn takes its
// port from a variable of its own.
// Its command line reads UVICORN_… for each of its flags.
func (k *Kit) lookUvicorn(l *split.Leaf, s *Made) {
	k.lookPython(l, s)
	for _, name := range []string{".uvicorn.env", ".env"} {
		file := path.Join(l.Dir, name)
		if n := files.Port(k.Dotenv(file)["UVICORN_PORT"]); n != 0 && s.Port.From == "" {
			s.Port = found.Port{Number: n, From: file}
		}
	}
	if s.Moved == "" && !l.Reaches() {
		s.Moved = s.Command
		s.Env = append(s.Env, found.Var{Name: "UVICORN_PORT", Value: found.PortMark})
	}
}

// lookGunicorn reads gunicorn's configuration, which is a program.
func (k *Kit) lookGunicorn(l *split.Leaf, s *Made) {
	// bind = "…" in it beats no flag: Gunicorn ranks the command line higher.
	k.lookPython(l, s)
	file := "gunicorn.conf.py"
	if named, at := l.Flag("-c", "--config"); at >= 0 {
		file = named
	}
	text, _ := k.Text(path.Join(l.Dir, file))
	if m := bindLine.FindStringSubmatch(text); m != nil && s.Port.From == "" {
		s.Port = found.Port{Number: files.Port(m[1]), From: path.Join(l.Dir, file)}
	}
	if !l.HasFlag("--reload") {
		s.Watch = []string{"**/*.py"}
	}
}

// lookManage: "python manage.py runserver", or another program in Python.
func (k *Kit) lookManage(l *split.Leaf, s *Made) {
	words := l.Texts()
	i := slices.IndexFunc(words, func(w string) bool { return strings.HasSuffix(w, ".py") })
	switch {
	case i < 0:
		s.worker(l)
	// "manage.py" with no command prints its help, and so is read like any program.
	case path.Base(words[i]) != "manage.py" || i+1 == len(words):
		k.pythonProgram(l, s, path.Join(l.Dir, words[i]))
	case strings.HasPrefix(words[i+1], "runserver"):
		// Django's own server restarts itself on changes; other commands of manage.py
		// keep their code.
		s.Kind = found.App
		k.lookPython(l, s)
	default:
		s.worker(l)
		s.Program, s.Watch = words[i+1], []string{"**/*.py"}
	}
}

// pythonProgram reads a program that is run by itself.
func (k *Kit) pythonProgram(l *split.Leaf, s *Made, file string) {
	s.cover(l.Dir, Python)
	text, _ := k.Text(file)
	s.Command, s.Moved, s.Watch = found.Text(l.Text()), "", []string{"**/*.py"}
	s.Ready.Path = healthOf(text)
	if m := runPort.FindStringSubmatch(text); m != nil && s.Port.From == "" {
		s.Port = found.Port{Number: files.Port(m[1]), From: file}
	}
	isFlask := wsgiApp.MatchString(text)
	if m := pythonEnv.FindStringSubmatch(text); m != nil {
		s.Moved, s.Port = s.Command, found.Port{Number: cmp.Or(files.Port(m[1]), s.Port.Number), From: file}
	} else if isFlask && s.Port.From == "" {
		// What app.run() takes where nothing is said.
		s.Port.Number = 5000
	} else if !isFlask && !strings.Contains(text, "uvicorn.run") && !strings.Contains(text, "HTTPServer(") {
		s.worker(l)
	}
}

// lookPythonWorker: what keeps its code is restarted when its sources change.
func (k *Kit) lookPythonWorker(l *split.Leaf, s *Made) {
	if !slices.Contains(l.Arguments(), "flower") { // a view of the queue
		// Celery and its kin load their code once, when they start.
		s.Watch = []string{"**/*.py"}
	}
}
