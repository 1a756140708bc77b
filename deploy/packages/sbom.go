package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// component is a module, as CycloneDX 1.5 describes it (https://cyclonedx.org/docs/1.5/json).
type component struct {
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version"`
	PURL    string `json:"purl"`
}

// sbom writes down which modules are in a binary, as the binary itself says.
func (r release) sbom(p platform, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	module := func(path, version string) component {
		return component{"library", path, version, "pkg:golang/" + path + "@" + version}
	}
	components := []component{module("stdlib", info.GoVersion)}
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		components = append(components, module(d.Path, d.Version))
	}
	main := module(info.Main.Path, r.version)
	main.Type = "application"
	document := map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
		"metadata":   map[string]any{"timestamp": r.at.Format(time.RFC3339), "component": main},
		"components": components,
	}
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.out, fmt.Sprintf("%s_%s_%s.cdx.json", name, r.version, p)), append(text, '\n'), 0o644)
}
