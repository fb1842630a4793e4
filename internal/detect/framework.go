package detect

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/tool"
)

// pythonProjects finds the servers of every Python folder that no service is made of
// yet.
// Each of these sources walks all folders, uppermost first, and leaves those alone that
// an earlier source has covered.
func (r *reader) pythonProjects() {
	for _, dir := range r.Folders() {
		if r.isCovered(dir, tool.Python) {
			continue
		}
		p := r.PythonProject(dir)
		switch {
		case p == nil:
		case r.IsDjango(dir):
			r.addFramework(dir, p.Command("python manage.py runserver"), path.Join(dir, "manage.py"), tool.Python)
		case p.Has("fastapi", "starlette", "litestar"):
			r.asgi(p)
		case p.Has("flask", "quart"):
			r.flask(p)
		}
	}
}

// asgi makes a server of a FastAPI project: by its own command where it is
// installed, else by uvicorn.
func (r *reader) asgi(p *tool.PythonProject) {
	if p.HasFastAPICommand() {
		r.addFramework(p.Dir, p.Command("fastapi dev"), p.File, tool.Python)
		return
	}
	app := r.PythonApp(p)
	if app.Module == "" {
		// Without the app nothing can be started: uvicorn wants its name.
		r.found.Skip(found.Skip{What: path.Base(p.Dir), Where: p.File, Why: "depends on FastAPI, and no app is found in main.py, app.py, api.py or server.py"})
		return
	}
	text := "uvicorn " + app.Module
	if app.Factory {
		text += " --factory"
	}
	// --reload, so devgate has nothing to watch: uvicorn restarts its worker and keeps
	// the port open.
	r.guessed(r.addFramework(p.Dir, p.Command(text+" --reload"), p.File, tool.Python), app.File)
}

// flask makes a server of a Flask project; a dependency alone is none.
func (r *reader) flask(p *tool.PythonProject) {
	program := "flask"
	if !p.Has("flask") {
		program = "quart"
	}
	// python-dotenv is how Flask itself reads it.
	if r.Has(path.Join(p.Dir, ".flaskenv")) { // it names the app
		r.addFramework(p.Dir, p.Command(program+" run --debug"), p.File, tool.Python)
		return
	}
	if app := r.PythonApp(p); app.Module != "" {
		module, _, _ := strings.Cut(app.Module, ":")
		r.guessed(r.addFramework(p.Dir, p.Command(program+" --app "+module+" run --debug"), p.File, tool.Python), app.File)
	}
}

// guessed marks a service as one that a file suggests.
func (r *reader) guessed(s *tool.Made, file string) {
	if s != nil {
		s.Guess = file
	}
}

// rubyProjects finds the applications in Ruby that no service is made of yet.
// bin/dev is never run: it starts a Procfile.dev, which is read instead.
func (r *reader) rubyProjects() {
	for _, dir := range r.Folders() {
		file := path.Join(dir, "Gemfile")
		gemfile, ok := r.Text(file)
		if !ok || r.isCovered(dir, tool.Ruby) {
			continue
		}
		switch {
		case hasGem(gemfile, "rails") && r.Has(path.Join(dir, "bin/rails")):
			// Rails' own bin/rails takes the same words as "rails server".
			r.addFramework(dir, "bin/rails server -p $PORT", file, tool.Ruby)
		case hasGem(gemfile, "jekyll"):
			r.addFramework(dir, "bundle exec jekyll serve", file, tool.Ruby)
		case r.Has(path.Join(dir, "config.ru")):
			r.addFramework(dir, "bundle exec rackup", file, tool.Ruby)
		}
	}
}

func hasGem(gemfile, name string) bool {
	for line := range strings.Lines(gemfile) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, `gem "`+name+`"`) || strings.HasPrefix(line, "gem '"+name+"'") {
			return true
		}
	}
	return false
}

// phpProjects finds the applications in PHP that no service is made of yet.
func (r *reader) phpProjects() {
	for _, dir := range r.Folders() {
		file := path.Join(dir, "composer.json")
		if !r.Has(file) || r.isCovered(dir, tool.PHP) {
			continue
		}
		switch {
		case r.Has(path.Join(dir, "artisan")):
			for _, f := range r.Artisan(r.In(dir, file, "")) {
				r.addLeaves(r.Split(f))
			}
		case r.Has(path.Join(dir, "bin/console")) || r.Has(path.Join(dir, "symfony.lock")):
			// --no-tls, as it would speak https with a certificate of its own otherwise.
			r.addFramework(dir, "symfony serve --no-tls", file, tool.PHP)
		case r.Has(path.Join(dir, "public/index.php")):
			// index.php below public/ is the front controller of most frameworks; the
			// port only says where it can be put.
			r.addFramework(dir, "php -S localhost:8000 -t public", file, tool.PHP)
		}
	}
}

var (
	// aspireHost finds the project that starts the others.
	aspireHost = pattern.New(`Aspire\.AppHost|IsAspireHost`)
	webSDK     = pattern.New(`Sdk="Microsoft\.NET\.Sdk\.(?:Web|BlazorWebAssembly)"`)
)

// dotnetProjects finds the web projects of .NET. An Aspire host starts the others
// itself: one of the two must not run.
func (r *reader) dotnetProjects() {
	for _, dir := range r.Folders() {
		for _, name := range r.Names(dir) {
			if !slices.Contains([]string{".csproj", ".fsproj", ".vbproj"}, path.Ext(name)) || r.isCovered(dir, tool.DotNet) {
				continue
			}
			file := path.Join(dir, name)
			text, _ := r.Text(file)
			switch {
			case aspireHost.MatchString(text):
				r.found.Skip(found.Skip{What: strings.TrimSuffix(name, path.Ext(name)), Where: file, Why: "starts the same services: run either it or devgate"})
			case webSDK.MatchString(text):
				// Without --non-interactive it asks what to do when a change cannot be
				// applied, and nobody answers.
				r.addFramework(dir, "dotnet watch --non-interactive run", file, tool.DotNet)
			}
		}
	}
}
