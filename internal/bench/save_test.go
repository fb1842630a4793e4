package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// saver is a program that restarts a process when a file is saved.
type saver struct {
	*up
	name   string
	root   string
	all    []time.Duration
	missed int
}

// The two processes. Each copies the file that was saved as its first
// instruction; the one for Node takes Node's own start before that.
const (
	shellProcess = "cp source.js stamp; exec sleep 60"
	nodeProcess  = `require("fs").copyFileSync("source.js", "stamp"); setInterval(() => {}, 60000)`
)

// rounds is how many saves each program gets.
const rounds = 50

// From a save to the first instruction of the new process, beside peers: in
// turn, so that what else the machine does meets all of them alike.
func BenchmarkSave(b *testing.B) {
	ours := func(command string) []string {
		return []string{devgate, "up", "port = \"auto\"\n[a]\ncommand = \"" + command + "\"\nwatch = [\"*.js\"]\n"}
	}
	dir := b.TempDir()
	nodemon, err := found(filepath.Join(dir, "node_modules", ".bin", "nodemon"),
		install("npm", "install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error", "nodemon"))
	missing := map[string]error{"nodemon": err}
	entr, err := installed("entr", "entr")
	missing["entr"] = err
	for _, field := range []struct {
		process string
		savers  map[string][]string // program and arguments; of devgate, the Devgatefile
	}{
		{"shell", map[string][]string{
			"devgate": ours(shellProcess),
			"nodemon": {nodemon, "-q", "-w", "source.js", "-e", "js", "--exec", shellProcess},
			"entr":    {"sh", "-c", "echo source.js | exec " + entr + " -n -r sh -c '" + shellProcess + "'"},
		}},
		{"node", map[string][]string{
			"devgate":      ours("exec node app.js"),
			"nodemon":      {nodemon, "-q", "-w", "source.js", "app.js"},
			"entr":         {"sh", "-c", "echo source.js | exec " + entr + " -n -r node app.js"},
			"node --watch": {"node", "--watch-path=source.js", "--watch-preserve-output", "app.js"},
		}},
	} {
		b.Run(field.process, func(b *testing.B) {
			var savers []*saver
			for _, name := range []string{"devgate", "nodemon", "entr", "node --watch"} {
				if argv := field.savers[name]; argv != nil && missing[name] == nil {
					savers = append(savers, startSaver(b, name, argv))
				} else if argv != nil {
					b.Logf("%s: not measured: %v", name, missing[name])
				}
			}
			for b.Loop() {
				for n := range rounds {
					for _, s := range savers {
						s.save(b, n+1)
					}
				}
			}
			for _, s := range savers {
				s.report(b)
			}
		})
	}
}

// startSaver starts a program in a folder of its own, and waits until it watches.
func startSaver(b *testing.B, name string, argv []string) *saver {
	b.Helper()
	s := &saver{name: name, root: b.TempDir()}
	write(b, filepath.Join(s.root, "app.js"), nodeProcess)
	write(b, filepath.Join(s.root, "source.js"), "0")
	if name == "devgate" {
		write(b, filepath.Join(s.root, "Devgatefile"), argv[2])
		argv = argv[:2]
	}
	s.up = run(b, s.root, &up{b: b, cmd: exec.Command(argv[0], argv[1:]...), peer: name != "devgate"})
	b.Cleanup(s.up.stop)
	await(b, name+": the first process", func() bool { return s.runs("0") })
	pause(time.Second) // a save while it starts is another case
	return s
}

// runs reports whether the process that was started for a text has begun.
func (s *saver) runs(text string) bool {
	got, _ := os.ReadFile(filepath.Join(s.root, "stamp"))
	return string(got) == text
}

// save changes the file, and waits for the new process. Some programs miss a
// save, or are down after one: the next is their chance.
func (s *saver) save(b *testing.B, n int) {
	b.Helper()
	text := fmt.Sprintf("// version %d", n)
	began := time.Now()
	write(b, filepath.Join(s.root, "source.js"), text)
	for !s.runs(text) {
		if time.Since(began) > 3*time.Second {
			s.missed++
			return
		}
		pause(200 * time.Microsecond)
	}
	s.all = append(s.all, time.Since(began))
	pause(350 * time.Millisecond) // a lone save, not a burst
}

func (s *saver) report(b *testing.B) {
	unit := strings.ReplaceAll(s.name, " ", "-")
	if len(s.all) == 0 {
		b.Logf("%s: missed all %d saves", s.name, s.missed)
		return
	}
	b.ReportMetric(ms(median(s.all)), "ms/"+unit)
	b.ReportMetric(ms(s.all[len(s.all)*9/10]), "p90/"+unit)
	if s.missed > 0 {
		b.ReportMetric(float64(s.missed), "missed/"+unit)
	}
}

func write(b *testing.B, path, text string) {
	b.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}
