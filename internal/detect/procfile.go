package detect

import (
	"path"
	"strings"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// fromProcfile takes the lines of a Procfile. One that is written for production
// says nothing about development. It reports whether a server is among them.
func (r *reader) fromProcfile(name string) bool {
	if !r.Has(name) {
		return false
	}
	var leaves []*split.Leaf
	for _, f := range r.Procfile(name) {
		// One such line is enough: a platform's Procfile starts what was built, on a port
		// of its own.
		if name == "Procfile" && (f.Name == "release" || production.MatchString(f.Text) || strings.Contains(f.Text, "gunicorn")) {
			r.found.Skip(found.Skip{What: f.Name, Where: name, Why: "for production"})
			return false
		}
		leaves = append(leaves, r.Split(f)...)
	}
	r.addLeaves(leaves)
	// It was all that was found: people may start it, or may not.
	if name == "Procfile" && !r.isForDevelopers(name) {
		for _, s := range r.made {
			if s.From == name {
				s.Guess = name
			}
		}
	}
	return r.answers()
}

// forDevelopers is found in Procfiles that people start on their own machine, and
// never in those of a platform.
var forDevelopers = pattern.New(`docker run|--reload|--watch|\bwatch\b|runserver|flask run|fastapi dev|nodemon|npm run dev|npm start|\bvite\b`)

// isForDevelopers reports whether a Procfile is for development.
// A "release:" line is of Heroku's, and runs at a deployment.
func (r *reader) isForDevelopers(name string) bool {
	text, ok := r.Text(name)
	return ok && forDevelopers.MatchString(text) && !production.MatchString(text) && !strings.Contains(text, "release:")
}

// makeTargets start a project, where people start it by make, just or task.
var makeTargets = []string{"dev", "run", "serve", "server", "start"}

// shellFiles are those that people start a project with.
var shellFiles = []string{"dev.sh", "scripts/dev.sh", "bin/dev.sh", "run.sh", "start.sh", "scripts/start.sh"}

// fromShellFile is for projects whose servers only a file for the shell knows.
func (r *reader) fromShellFile() {
	for _, dir := range r.Folders() {
		// At the root and right below it the first file that leads to a server is the
		// project's; deeper ones are each a part's own.
		if r.answers() && path.Dir(dir) == "." {
			return
		}
		name := r.First(dir, shellFiles...)
		if name == "" || isAside(dir) {
			continue
		}
		leaves := r.Split(r.In(dir, name, "sh "+strings.TrimPrefix(name, dir+"/")))
		// A single program that does not answer is more likely a tool.
		for _, l := range leaves {
			if s := r.Understand(l); s != nil && (s.Kind.Answers() || len(leaves) > 1) {
				r.guessed(s, name)
				r.addLeaves([]*split.Leaf{l})
			}
		}
	}
}

// fromRecipes is for projects whose server only a makefile or the like knows.
func (r *reader) fromRecipes() {
	for _, dir := range r.Folders() {
		for _, target := range makeTargets {
			f, ok := r.Recipe(dir, target)
			if !ok {
				continue
			}
			leaves := r.Split(f)
			// A recipe that leads to several things is started by make itself, not by a
			// line here.
			if len(leaves) != 1 {
				continue
			}
			if s := r.Understand(leaves[0]); s != nil && s.Kind.Answers() {
				s.Guess = f.File
				r.addLeaves(leaves)
				break
			}
		}
	}
}
