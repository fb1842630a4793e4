package check

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// What is linked into a program goes along with its licence, and is in the bill: the
// program itself says what that is.
func TestNoticesAndBillNameWhatIsLinked(t *testing.T) {
	for _, system := range []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"} {
		name := "devgate_" + version + "_" + system
		program, notices := programOf(t, artefact(name+".tar.gz"))
		inBill := billed(t, artefact(name+".cdx.json"), program)
		linked := linkedInto(t, program)
		if len(linked) < 5 || len(inBill) != len(linked)+1 { // and Go itself
			t.Errorf("%s: %d modules are linked and %d in the bill", system, len(linked), len(inBill))
		}
		for _, m := range linked {
			if !inBill[m] {
				t.Errorf("%s: %s is not in the bill, or without a licence", system, m)
			}
			if !bytes.Contains(notices, []byte("\n"+m+" (")) {
				t.Errorf("%s: %s is not in the notices", system, m)
			}
		}
		if !bytes.Contains(notices, []byte("The Go programming language and its standard library 1.")) {
			t.Errorf("%s: Go is not in the notices", system)
		}
	}
}

// programOf is the program in an archive, with its notices.
func programOf(t *testing.T, path string) (program, notices []byte) {
	for _, e := range unpacked(t, path) {
		switch filepath.Base(e.Name) {
		case "devgate":
			program = e.data
		case "THIRD-PARTY-NOTICES.txt":
			notices = e.data
		}
	}
	return program, notices
}

// billed are the modules in the bill of a program, and whether they have a licence.
func billed(t *testing.T, path string, program []byte) map[string]bool {
	var bill struct {
		BOMFormat string
		Metadata  struct {
			Component struct{ Hashes []struct{ Content string } }
		}
		Components []struct {
			Name, Version string
			Licenses      []any
		}
	}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &bill) != nil || bill.BOMFormat != "CycloneDX" {
		t.Fatalf("%s: no bill: %v", path, err)
	}
	if got := bill.Metadata.Component.Hashes[0].Content; got != fmt.Sprintf("%x", sha256.Sum256(program)) {
		t.Errorf("%s is the bill of another program", path)
	}
	all := map[string]bool{}
	for _, c := range bill.Components {
		all[c.Name+" "+c.Version] = len(c.Licenses) > 0
	}
	return all
}
