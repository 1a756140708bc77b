package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// documents go into every archive, from the root of the repository.
var documents = []string{"LICENSE", "README.md", "CHANGELOG.md", "docs/metrics.md"}

// archive packs the binary with the documents: zip for Windows, tar.gz for the others.
func (r release) archive(p platform, binary string) error {
	files := map[string]string{filepath.Base(binary): binary}
	for _, d := range documents {
		files[filepath.Base(d)] = filepath.Join(r.root, d)
	}
	stem := fmt.Sprintf("%s_%s_%s", name, r.version, p)
	suffix, pack := ".tar.gz", r.tarball
	if p.os == "windows" {
		suffix, pack = ".zip", r.zip
	}
	f, err := os.Create(filepath.Join(r.out, stem+suffix))
	if err != nil {
		return err
	}
	if err := pack(f, stem, files); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func sorted(files map[string]string) (names []string) {
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func mode(path string) os.FileMode {
	if strings.HasPrefix(filepath.Base(path), name) {
		return 0o755
	}
	return 0o644
}

func (r release) tarball(w io.Writer, stem string, files map[string]string) error {
	z := gzip.NewWriter(w) // its header has no time
	t := tar.NewWriter(z)
	for _, n := range sorted(files) {
		content, err := os.ReadFile(files[n])
		if err != nil {
			return err
		}
		header := &tar.Header{Name: stem + "/" + n, Mode: int64(mode(n)), Size: int64(len(content)), ModTime: r.at, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(header); err != nil {
			return err
		}
		if _, err := t.Write(content); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

func (r release) zip(w io.Writer, stem string, files map[string]string) error {
	z := zip.NewWriter(w)
	for _, n := range sorted(files) {
		content, err := os.ReadFile(files[n])
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: stem + "/" + n, Method: zip.Deflate, Modified: r.at}
		header.SetMode(mode(n))
		f, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := f.Write(content); err != nil {
			return err
		}
	}
	return z.Close()
}

// checksums writes SHA256SUMS over everything in the folder, as sha256sum -c reads it.
func (r release) checksums() error {
	entries, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range entries {
		if e.Name() == "SHA256SUMS" || e.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(r.out, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(content), e.Name())
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(b.String()), 0o644)
}
