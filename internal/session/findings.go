package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/buildoutput"
	"devgate/internal/control"
	"devgate/internal/event"
	"devgate/internal/input"
	"devgate/internal/project"
	"devgate/internal/shared"
)

// findings are what was found out of who writes which file: it is said once, and
// what builds write is kept in the project's folder for the next time.
type findings struct {
	current *current
	say     say
	known   func() []buildoutput.Output
	failed  bool // that nothing can be kept was said
}

func findingsPath(root string) string { return filepath.Join(root, control.Folder, "outputs.json") }

// recall returns what was found out about the builds of a project, as long as they
// are what they were.
func recall(p *project.Project) []buildoutput.Output {
	text, err := input.Read(context.Background(), findingsPath(p.Root))
	if err != nil {
		return nil // all of it can be found out again
	}
	return slices.DeleteFunc(buildoutput.Decode(text), func(o buildoutput.Output) bool {
		by := p.Service(o.By)
		return by == nil || p.Service(o.Service) == nil || o.Build != fingerprint(by)
	})
}

// fingerprint tells a service's build command from others, which write other files.
func fingerprint(service *project.Service) string {
	sum := sha256.Sum256([]byte(service.Dir + "\x00" + service.Service.Build.String()))
	return hex.EncodeToString(sum[:8])
}

// take says what there is to say, and keeps what is new.
func (f *findings) take(verdicts []buildoutput.Verdict) {
	changed := false
	for _, v := range grouped(verdicts) {
		if text := f.text(v); text != "" {
			f.say(v.Service, text)
		}
		changed = changed || v.Kind == buildoutput.Learned || v.Kind == buildoutput.Forgotten
	}
	if changed {
		f.keep()
	}
}

// grouped makes one of verdicts that differ in the files alone.
func grouped(verdicts []buildoutput.Verdict) (all []buildoutput.Verdict) {
	for _, v := range verdicts {
		i := slices.IndexFunc(all, func(o buildoutput.Verdict) bool { return o.Kind == v.Kind && o.Service == v.Service && o.By == v.By })
		if i < 0 {
			all = append(all, v)
			continue
		}
		all[i].Files = slices.Concat(all[i].Files, v.Files)
	}
	for _, v := range all {
		slices.Sort(v.Files)
	}
	return all
}

// text is what people read of a verdict; "" of a change, which is said when it leads
// to something.
func (f *findings) text(v buildoutput.Verdict) string {
	files := event.Cause{Files: v.Files, Total: len(v.Files)}.What()
	is, was, it, ignore := "is", "was", "it", "ignore = "+f.globs(v)
	if len(v.Files) > 1 {
		is, was, it = "are", "were", "them"
	}
	switch v.Kind {
	case buildoutput.Learned:
		return fmt.Sprintf("%s %s written by %s, and no change from now on; %s says so for good", files, is, buildOf(v), ignore)
	case buildoutput.Unclear:
		return fmt.Sprintf("%s %s written by %s at another moment each time, as an edit would be; if nobody edits %s, say so with %s", files, is, buildOf(v), it, ignore)
	case buildoutput.Forgotten:
		return fmt.Sprintf("%s %s edited, and %s a change again from now on", files, was, is)
	case buildoutput.Rewritten:
		return fmt.Sprintf("changes %s each time it starts, and so is started again; each start is put off longer, as after a crash, until %s", files, ignore)
	}
	return ""
}

// buildOf names the build that writes, as a person who reads a line of the service
// would.
func buildOf(v buildoutput.Verdict) string {
	if v.By == v.Service {
		return "its build"
	}
	return "the build of " + v.By
}

// namedGlobs is how many files a line names as they are written after `ignore`.
const namedGlobs = 3

// globs are the files of a verdict as the service's ignore has them.
func (f *findings) globs(v buildoutput.Verdict) string {
	setup := f.current.setup()
	dir := setup.Root
	if service := setup.Service(v.Service); service != nil {
		dir = service.Dir
	}
	var all []string
	for _, file := range v.Files[:min(namedGlobs, len(v.Files))] {
		if rel, err := filepath.Rel(dir, filepath.Join(setup.Root, filepath.FromSlash(file))); err == nil {
			file = filepath.ToSlash(rel)
		}
		all = append(all, strconv.Quote(literal.Replace(file)))
	}
	if len(v.Files) > len(all) {
		all = append(all, "…")
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// literal takes the special meaning from the characters of a name in a glob.
var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`)

// keep writes down all that is known.
func (f *findings) keep() {
	err := f.write()
	if err != nil && !f.failed {
		f.say("", fmt.Sprintf("what builds write cannot be remembered: %v", err))
	}
	f.failed = err != nil
}

func (f *findings) write() error {
	setup := f.current.setup()
	known := slices.DeleteFunc(f.known(), func(o buildoutput.Output) bool { return setup.Service(o.By) == nil })
	for i := range known {
		known[i].Build = fingerprint(setup.Service(known[i].By))
	}
	text, err := buildoutput.Encode(known)
	if err != nil {
		return err
	}
	path := findingsPath(setup.Root)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return shared.Rename(path+".new", path)
}
