//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// save is what a program does to a project in Git with main.go, src/*.go and
// app.js, and how many restarts that is (W2, W3).
type save struct {
	restarts int
	prepare  string // a shell script, before devgate starts
	act      string // a shell script, while it runs
}

// vim saves main.go in a terminal without abilities, with all the files that it
// leaves beside: swap, undo and backup.
func vim(settings string) string {
	return "vim --not-a-term -T dumb -N -u NONE -i NONE -c 'set swapfile undofile backup " + settings +
		"' -c '%s/one/two/' -c 'wq' src/main.go >vim.out 2>&1 </dev/null"
}

// emacs changes main.go, which makes its lock, and does what is asked.
func emacs(then string) string {
	return `emacs -Q --batch src/main.go --eval '(progn (setq create-lockfiles t make-backup-files t) (goto-char (point-max)) (insert "// two") ` + then + `)'`
}

// node runs a script as formatters and bundlers do.
func node(script string) string { return `node -e '` + script + `'` }

// branches is two branches that differ in 600 files.
const branches = `for i in $(seq 600); do echo "package one // $i" >src/f$i.go; done; git add .; git commit -qm one
git checkout -qb two; for i in $(seq 600); do echo "package two // $i" >src/f$i.go; done; rm src/f7.go src/f8.go; mkdir src/new; echo "package new" >src/new/n.go
git add .; git commit -qm two; git checkout -q main`

// copies is a copy of src in which 300 files differ.
const copies = `for i in $(seq 300); do echo "package one // $i" >src/f$i.go; done
cp -a src other; for i in $(seq 300); do echo "package other // $i" >other/f$i.go; done`

// saves are real programs at work.
var saves = map[string]save{
	"vim, backupcopy=yes":              {1, "", vim("backupcopy=yes")},
	"vim, backupcopy=no":               {1, "", vim("backupcopy=no")},
	"vim, backupcopy=auto":             {1, "", vim("backupcopy=auto")},
	"vim, left without saving":         {0, "", strings.Replace(vim(""), "'wq'", "'preserve' -c 'q!'", 1)},
	"vim, saved without a change":      {0, "", strings.Replace(vim(""), "'%s/one/two/'", "'w!'", 1)},
	"emacs, backup by renaming":        {1, "", emacs(`(setq backup-by-copying nil) (save-buffer)`)},
	"emacs, backup by copying":         {1, "", emacs(`(setq backup-by-copying t) (save-buffer)`)},
	"emacs, autosave and no save":      {0, "", emacs(`(auto-save-mode 1) (do-auto-save) (set-buffer-modified-p nil)`)},
	"sed -i":                           {1, "", `sed -i s/one/two/ src/main.go`},
	"sed -i that finds nothing":        {0, "", `sed -i s/nothing/else/ src/main.go`},
	"a shell's >":                      {1, "", `echo 'package two' >src/main.go`},
	"cp over it":                       {1, "echo 'package two' >../two.go", `cp ../two.go src/main.go`},
	"mv over it":                       {1, "echo 'package two' >../two.go", `mv ../two.go src/main.go`},
	"patch":                            {1, "", "printf -- '--- a\\n+++ b\\n@@ -1 +1 @@\\n-package one\\n+package two\\n' | patch -s src/main.go"},
	"touch, chmod":                     {0, "", `touch src/main.go; chmod 600 src/main.go`},
	"gofmt -w":                         {1, "echo 'package   one' >src/main.go", `gofmt -w src/main.go`},
	"gofmt -w of what is right":        {0, "", `gofmt -w src/main.go`},
	"go mod tidy of what is right":     {0, "printf 'module x\\n\\ngo 1.21\\n' >go.mod; mv src/main.go main.go; touch src/main.go", `GOFLAGS=-mod=mod go mod tidy`},
	"a formatter on Node, in place":    {1, "", node(`const fs = require("fs"), s = fs.readFileSync("src/main.go", "utf8"); fs.writeFileSync("src/main.go", s + "// two\n")`)},
	"a formatter on Node, for nothing": {0, "", node(`const fs = require("fs"); fs.writeFileSync("src/main.go", fs.readFileSync("src/main.go", "utf8"))`)},
	"git checkout of another branch":   {1, branches, `git checkout -q two`},
	"git merge":                        {1, branches, `git merge -q two`},
	"git rebase":                       {1, branches + "\necho x >src/x.go; git add .; git commit -qm x; git checkout -q two", `git rebase -q main`},
	"git stash":                        {1, `echo 'package two' >src/main.go`, `git stash -q`},
	"git stash pop":                    {1, `echo 'package two' >src/main.go; git stash -q`, `git stash pop -q`},
	"git reset --hard":                 {1, `echo 'package two' >src/main.go`, `git reset -q --hard`},
	"git status, add, commit, gc":      {0, `echo 'package two' >src/main.go`, `git status >/dev/null; git add .; git commit -qm two; git gc -q; git checkout -qb other`},
	"git worktree add":                 {0, "", `git worktree add -q ../tree -b tree`},
	"rsync":                            {1, copies, `rsync -a other/ src/`},
	"rsync --inplace":                  {1, copies, `rsync -a --inplace other/ src/`},
	"rsync --delete of the same":       {0, copies, `rsync -a --delete --checksum src/ other/`},
	"rsync of what is there":           {0, `cp -r src other; touch other/main.go`, `rsync -a other/ src/`},
	"tar":                              {1, copies, `tar -C other -cf - . | tar -C src -xf -`},
	"npm install":                      {0, packages, `npm install --no-save --no-audit --no-fund --install-links --offline ./dep`},
	"npm ci":                           {0, packages + `; npm install --no-audit --no-fund --install-links --offline ./dep`, `npm ci --no-audit --no-fund --install-links --offline`},
}

// packages is a project of npm with a package that can be installed from disk.
const packages = `echo '{"name": "x", "version": "1.0.0"}' >package.json
mkdir dep; echo '{"name": "dep", "version": "1.0.0", "main": "dep.js"}' >dep/package.json; echo 'module.exports = 1' >dep/dep.js`

// TestSavesByRealPrograms keeps W2 and W3: a real devgate restarts a service as
// often as the table says, for the files that it should, and stays awake.
func TestSavesByRealPrograms(t *testing.T) {
	for name, save := range saves {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			save.run(t)
		})
	}
}

// run saves, and then saves a file itself: what devgate tells of that save
// shows that nothing else was still to come.
func (s save) run(t *testing.T) {
	p := emptyProject(t)
	p.dir = filepath.Join(p.dir, "project") // what scripts put beside it is not watched
	p.write("src/main.go", "package one\n")
	p.write(".gitignore", "node_modules/\n/other/\n/starts\nvim.out\n")
	p.write("Devgatefile", "port = $GATEWAY\n[api]\ncommand = \"echo started >>starts; exec sleep 1000\"\nwatch = [\"**/*\"]\nignore = [\"dep\", \"Devgatefile\"]\n")
	p.shell(`git init -q -b main; git add .; git commit -qm begin`)
	p.shell(s.prepare)
	g := p.up()
	g.out.await(t, `^devgate: ready `)
	g.eventuallyStarts(1)

	p.shell(s.act)
	g.eventuallyStarts(1 + s.restarts)
	p.write("src/fence.go", "package fence\n")
	if line := g.out.await(t, `src/fence\.go.* changed`); !regexp.MustCompile(`[*↻] src/fence\.go changed`).MatchString(line) {
		t.Errorf("not %d: a restart was still to come: %q", s.restarts, line)
	}
	g.eventuallyStarts(2 + s.restarts)
	g.down()
}

// eventuallyStarts waits until the service has started so many times. That it
// has not started more often shows at the end of the test.
func (g *gateway) eventuallyStarts(n int) {
	g.t.Helper()
	was := -1
	defer func() {
		if was != n {
			g.t.Logf("%d starts, want %d", was, n)
		}
	}()
	eventually(g.t, fmt.Sprintf("not exactly %d starts", n), func() bool {
		text, _ := os.ReadFile(g.path("starts"))
		was = strings.Count(string(text), "started")
		return was == n
	})
}

// shell runs a script in the project, as a person would.
func (p *project) shell(script string) {
	p.t.Helper()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = p.dir
	cmd.Env = append(p.env, "HOME="+filepath.Dir(p.dir), "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("%s: %v\n%s", script, err, out)
	}
}
