package render

import (
	"os"
	"path"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"devgate/internal/detect"
	"devgate/internal/detect/detecttest"
	"devgate/internal/draft"
)

// TestAnyTree: whatever is in a folder, reading it ends and does not panic, and what
// would be written is a Devgatefile that Parse takes, with the services that were
// chosen, whose folders exist.
func TestAnyTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fsys := detecttest.Tree(t)
		options := draft.Options{Compose: rapid.Bool().Draw(t, "compose"), Auto: rapid.Bool().Draw(t, "auto"), Mac: true}
		begin := time.Now()
		plan, err := draft.Make(detect.Read(fsys), options)
		if took := time.Since(begin); took > 20*time.Second {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			return
		}
		checkPlan(t, fsys, plan)
	})
}

func checkPlan(t *rapid.T, fsys fstest.MapFS, plan *draft.Plan) {
	file := Devgatefile(plan)
	parsed, err := parse(file)
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, file)
	}
	if len(parsed.Services) != len(plan.Services) {
		t.Fatalf("%d services became %d in\n%s", len(plan.Services), len(parsed.Services), file)
	}
	for i, s := range parsed.Services {
		if s.Name != plan.Services[i].Name {
			t.Fatalf("service %d is %s, want %s in\n%s", i, s.Name, plan.Services[i].Name, file)
		}
		info, err := fsys.Stat(path.Join(".", s.Dir))
		if err != nil || info.Mode()&os.ModeDir == 0 {
			t.Fatalf("the folder %q of %s: %v\nin\n%s", s.Dir, s.Name, err, file)
		}
	}
	again := Devgatefile(plan)
	if !slices.Equal(again, file) {
		t.Fatal("a plan is written in two ways")
	}
}

// TestTheSameFolderGivesTheSamePlan, as maps have no order of their own.
func TestTheSameFolderGivesTheSamePlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fsys := detecttest.Tree(t)
		first := ""
		for i := range 4 {
			plan, err := draft.Make(detect.Read(fsys), draft.Options{})
			text := report(plan, err)
			if err == nil {
				text += string(Devgatefile(plan))
			}
			if i == 0 {
				first = text
			} else if text != first {
				t.Fatalf("once\n%s\nthen\n%s", first, text)
			}
		}
	})
}
