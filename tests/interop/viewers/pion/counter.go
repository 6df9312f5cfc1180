package main

import (
	"encoding/json"
	"os"
	"sync"
)

// Pictures between two lines about them.
const picturesPerLine = 5

type event map[string]any

var output sync.Mutex

// say prints one event, as a line of JSON.
func say(name string, members event) {
	line := event{"event": name}
	for member, value := range members {
		line[member] = value
	}
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(text, '\n'))
}

// counter knows what has come of one kind of media.
type counter struct {
	kind               string
	seen               map[int]bool
	first, highest     int
	pictures, repeated int
}

// onPacket takes a packet of media, whether it came as such or by RTX.
func (c *counter) onPacket(sequence uint16, endsPicture bool) {
	if c.seen == nil {
		c.seen = map[int]bool{}
		c.first, c.highest = int(sequence), int(sequence)
		say("first_packet", event{"kind": c.kind})
	}
	number := c.highest + int(int16(sequence-uint16(c.highest)))
	c.first, c.highest = min(c.first, number), max(c.highest, number)
	if c.seen[number] {
		c.repeated++
		return
	}
	c.seen[number] = true
	if endsPicture && c.kind == "video" {
		c.onPicture()
	}
}

func (c *counter) onPicture() {
	c.pictures++
	if c.pictures%picturesPerLine == 1 {
		lost := c.highest - c.first + 1 - len(c.seen)
		say("pictures", event{"count": c.pictures, "packets": len(c.seen), "lost": lost, "repeated": c.repeated})
	}
}
