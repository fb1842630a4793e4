package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// file is one of what an artefact holds.
type file struct {
	path string
	mode os.FileMode
	data []byte
}

type fileList []file

// find returns the file of a path, which must be there.
func (all fileList) find(path string) file {
	for _, f := range all {
		if f.path == path {
			return f
		}
	}
	panic("no file " + path)
}

// tarGz is an archive of files below a folder, without a trace of when, where and by
// whom it was made.
func (all fileList) tarGz(folder string, date time.Time) []byte {
	var out bytes.Buffer
	packed, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	archive := tar.NewWriter(packed)
	for _, f := range all {
		// Writes to memory fail for nothing but a header that cannot be written, and these
		// can.
		archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: folder + "/" + f.path, Mode: int64(f.mode), Size: int64(len(f.data)), ModTime: date, Format: tar.FormatUSTAR})
		archive.Write(f.data)
	}
	archive.Close()
	packed.Close()
	return out.Bytes()
}

// zip is tarGz in the form that Windows opens by itself.
func (all fileList) zip(folder string, date time.Time) []byte {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	archive.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(to, flate.BestCompression)
	})
	for _, f := range all {
		header := &zip.FileHeader{Name: folder + "/" + f.path, Method: zip.Deflate, Modified: date}
		header.SetMode(f.mode)
		to, _ := archive.CreateHeader(header) // to memory, as above
		to.Write(f.data)
	}
	archive.Close()
	return out.Bytes()
}

// artefact is a file of the release.
type artefact struct {
	name string
	data []byte
}

func (a artefact) sum() string { return fmt.Sprintf("%x", sha256.Sum256(a.data)) }

type artefacts []artefact

// find returns the artefact of a name, which must be there.
func (all artefacts) find(name string) artefact {
	for _, a := range all {
		if a.name == name {
			return a
		}
	}
	panic("no artefact " + name)
}

// sums is the list that sha256sum -c reads.
func sums(all artefacts) (artefact, error) {
	var text strings.Builder
	for _, a := range all {
		fmt.Fprintf(&text, "%s  %s\n", a.sum(), a.name)
	}
	return artefact{"SHA256SUMS", []byte(text.String())}, nil
}

func (all artefacts) write(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, a := range all {
		if err := os.WriteFile(filepath.Join(folder, a.name), a.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (r *release) archiveName(t target) string {
	return fmt.Sprintf("devgate_%s_%s", r.version, t)
}

// archiveFile is the file that the archive of a target is.
func (r *release) archiveFile(t target) string {
	if t.isWindows() {
		return r.archiveName(t) + ".zip"
	}
	return r.archiveName(t) + ".tar.gz"
}

// archive is what install.sh, the manifests of package managers and people by hand take.
func (r *release) archive(t target, all fileList) artefact {
	if t.isWindows() {
		return artefact{r.archiveFile(t), all.zip(r.archiveName(t), r.date)}
	}
	return artefact{r.archiveFile(t), all.tarGz(r.archiveName(t), r.date)}
}
