package main

import (
	"os"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // the formats register themselves
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// packages makes the Debian and the RPM package of a platform.
func (r release) packages(p platform, binary string) error {
	for _, format := range []string{"deb", "rpm"} {
		packager, err := nfpm.Get(format)
		if err != nil {
			return err
		}
		info := nfpm.WithDefaults(r.info(p, binary))
		if err := nfpm.PrepareForPackager(info, format); err != nil {
			return err
		}
		f, err := os.Create(filepath.Join(r.out, packager.ConventionalFileName(info)))
		if err != nil {
			return err
		}
		if err := packager.Package(info, f); err != nil {
			_ = f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (r release) info(p platform, binary string) *nfpm.Info {
	content := func(source, destination string, mode os.FileMode) *files.Content {
		return &files.Content{Source: filepath.Join(r.root, source), Destination: destination, FileInfo: &files.ContentFileInfo{Mode: mode, MTime: r.at}}
	}
	const (
		here = "deploy/packages/"
		doc  = "/usr/share/doc/" + name + "/"
	)
	// The configuration may hold passwords: root writes it, Telegraf's group reads it (see postinstall), nobody else.
	config := content(here+"telegraf-icecast-wowza.conf", "/etc/"+name+".conf", 0o640)
	config.Type = files.TypeConfigNoReplace
	program := &files.Content{Source: binary, Destination: "/usr/bin/" + name, FileInfo: &files.ContentFileInfo{Mode: 0o755, MTime: r.at}}
	return &nfpm.Info{
		Name: name, Arch: p.deb, Platform: "linux", Version: r.version, Section: "net", Priority: "optional", License: "MIT", MTime: r.at,
		Maintainer:  "telegraf-icecast-wowza maintainers <noreply@github.com>",
		Homepage:    "https://github.com/telegraf-icecast-wowza/telegraf-icecast-wowza",
		Description: "Telegraf plugin that says who is listening on Icecast and Wowza servers\n It is run by Telegraf's execd input and polls Icecast-KH, Icecast 2.4, 2.5 and Wowza servers.",
		Overridables: nfpm.Overridables{
			Recommends: []string{"telegraf"},
			Scripts:    nfpm.Scripts{PostInstall: filepath.Join(r.root, here+"postinstall")},
			Contents: files.Contents{
				program, config,
				content(here+"execd.conf", doc+"telegraf.d/"+name+".conf", 0o644),
				content(here+name+".1", "/usr/share/man/man1/"+name+".1", 0o644),
				content(here+"completion.bash", "/usr/share/bash-completion/completions/"+name, 0o644),
				content(here+"completion.zsh", "/usr/share/zsh/vendor-completions/_"+name, 0o644),
				content(here+"completion.fish", "/usr/share/fish/vendor_completions.d/"+name+".fish", 0o644),
				content("LICENSE", doc+"copyright", 0o644),
				content("README.md", doc+"README.md", 0o644),
				content("CHANGELOG.md", doc+"CHANGELOG.md", 0o644),
				content("docs/metrics.md", doc+"metrics.md", 0o644),
			},
		},
	}
}
