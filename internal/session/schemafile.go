package session

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"devgate/internal/control"
	"devgate/internal/shared"
	"devgate/procfile"
	"devgate/procfile/schema"
)

// writeSchema keeps the schema for editors that of this devgate.
func (s *session) writeSchema() {
	p := s.current.setup()
	// Only an editor of a Devgatefile needs it.
	if p.File.Format != procfile.Devgatefile {
		return
	}
	if err := WriteSchema(p.Root); err != nil {
		s.say("", fmt.Sprintf("cannot write the schema for editors: %v", err))
	}
}

// WriteSchema puts the schema of this devgate's language beside a project's run state,
// where [schema.Line] names it to editors. So what an editor knows is what runs,
// without a network.
func WriteSchema(root string) error {
	dir, err := control.MakeFolder(root)
	if err != nil {
		return err
	}
	path, text := filepath.Join(dir, schema.File), schema.JSON()
	// Written only when it differs: a file that changes at each start would wake whoever
	// watches the folder.
	if before, err := shared.ReadFile(path); err == nil && bytes.Equal(before, text) {
		return nil
	}
	// Whole or not at all: an editor may read it at any moment.
	if err := os.WriteFile(path+".new", text, 0o644); err != nil {
		return err
	}
	return shared.Rename(path+".new", path)
}
