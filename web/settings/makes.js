/** @import { Make } from './types.js' */

/**
 * The makes of cameras that are offered by name, and the paths of their streams, as docs/cameras.md
 * has them. In a path, {channel} is the number of the camera in a recorder, from 1; {channel:2} is
 * the same with two digits.
 * @type {Make[]}
 */
export const MAKES = [
  {
    id: 'amcrest',
    name: 'Amcrest',
    main: '/cam/realmonitor?channel={channel}&subtype=0',
    sub: '/cam/realmonitor?channel={channel}&subtype=1',
  },
  {
    id: 'axis',
    name: 'Axis',
    main: '/axis-media/media.amp',
    sub: '/axis-media/media.amp?resolution=640x360',
  },
  {
    id: 'dahua',
    name: 'Dahua',
    main: '/cam/realmonitor?channel={channel}&subtype=0',
    sub: '/cam/realmonitor?channel={channel}&subtype=1',
  },
  // Models with a setting of its own for the RTSP port use 554.
  { id: 'foscam', name: 'Foscam', main: '/videoMain', sub: '/videoSub', port: 88 },
  // Which profile is small is chosen in the camera.
  { id: 'hanwha', name: 'Hanwha Wisenet', main: '/profile2/media.smp' },
  {
    id: 'hikvision',
    name: 'Hikvision',
    main: '/Streaming/Channels/{channel}01',
    sub: '/Streaming/Channels/{channel}02',
  },
  {
    id: 'reolink',
    name: 'Reolink',
    main: '/h264Preview_{channel:2}_main',
    sub: '/h264Preview_{channel:2}_sub',
  },
  { id: 'tapo', name: 'TP-Link Tapo', main: '/stream1', sub: '/stream2' },
  // Every stream has a name that only UniFi Protect knows.
  { id: 'unifi', name: 'UniFi Protect' },
  {
    id: 'uniview',
    name: 'Uniview',
    main: '/unicast/c{channel}/s0/live',
    sub: '/unicast/c{channel}/s1/live',
  },
  // ONVIF does not say what path a camera has: the camera's own page or manual does.
  { id: 'other' },
];
