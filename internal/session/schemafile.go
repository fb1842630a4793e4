package session

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"devgate/internal/control"
	"devgate/procfile"
	"devgate/procfile/schema"
)

// writeSchema puts the schema of this devgate's language beside its run state, where
// the line "#:schema .devgate/schema.json" of a Devgatefile names it to editors. So
// what an editor knows is what runs, without a network.
func (s *session) writeSchema() {
	p := s.current.setup()
	if p.File.Format != procfile.Devgatefile {
		return
	}
	path, text := filepath.Join(p.Root, control.Folder, "schema.json"), schema.JSON()
	if before, err := os.ReadFile(path); err == nil && bytes.Equal(before, text) {
		return
	}
	// Whole or not at all: an editor may read it at any moment.
	err := os.WriteFile(path+".new", text, 0o644)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		s.say("", fmt.Sprintf("cannot write the schema for editors: %v", err))
	}
}
