/**
 * Draws a film with WebGL2. The samples go to the graphics card as they are, and window and level are applied
 * there to the full depth of the film.
 */

import { THRESHOLDS } from "./viewer-grey.js";
import { levelFor, levelOf } from "./viewer-levels.js";

const VERTICES = `#version 300 es
// One triangle that covers the pane.
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0);
}`;

const FRAGMENTS = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D film;       // one of the film's levels
uniform sampler2D heat;        // over the whole film, colours already multiplied by their opacity
uniform vec2 pane;             // screen pixels
uniform vec2 size;             // of the film, samples
uniform vec3 place;            // left, top, screen pixels for each sample of the film
uniform float reduction;       // samples of the film for each sample of the level
uniform vec2 window;           // level of black, one over the levels to white
uniform float inverted;
uniform float opacity;
uniform float thresholds[64];
out vec4 colour;

float sampleAt(ivec2 at) {
  return float(texelFetch(film, clamp(at, ivec2(0), textureSize(film, 0) - 1), 0).r);
}

// Whole numbers are never interpolated by the card itself.
float levelAt(vec2 at) {
  vec2 corner = floor(at - 0.5);
  vec2 share = at - 0.5 - corner;
  ivec2 first = ivec2(corner);
  float upper = mix(sampleAt(first), sampleAt(first + ivec2(1, 0)), share.x);
  float lower = mix(sampleAt(first + ivec2(0, 1)), sampleAt(first + ivec2(1, 1)), share.x);
  return mix(upper, lower, share.y);
}

void main() {
  vec2 pixel = vec2(gl_FragCoord.x, pane.y - gl_FragCoord.y);
  vec2 at = (pixel - place.xy) / place.z;
  colour = vec4(0.0, 0.0, 0.0, 1.0);
  if (any(lessThan(at, vec2(0.0))) || any(greaterThanEqual(at, size))) return;
  float grey = clamp((levelAt(at / reduction) - window.x) * window.y, 0.0, 1.0);
  grey = mix(grey, 1.0 - grey, inverted);
  vec4 warm = texture(heat, at / size) * opacity;
  vec3 mixed = 255.0 * (grey * (1.0 - warm.a) + warm.rgb);
  ivec2 cell = ivec2(pixel) & 7;
  colour.rgb = floor(mixed + thresholds[8 * cell.y + cell.x]) / 255.0;
}`;

const UNIFORMS = ["film", "heat", "pane", "size", "place", "reduction", "window", "inverted", "opacity", "thresholds"];

export class GlRenderer {
  kind = "webgl2";
  #gl;
  #at = {};
  #film = null;
  #levels = new Map();
  #heat = null;
  #heatTexture = null;

  /** Throws where WebGL2 is missing, or its drivers refuse the program. */
  constructor(canvas) {
    const options = { alpha: false, antialias: false, depth: false, stencil: false };
    this.#gl = canvas.getContext("webgl2", options);
    if (!this.#gl) throw new Error("WebGL2 is missing.");
    this.rebuild();
  }

  /** Make everything anew on a context that was just given (back). */
  rebuild() {
    const gl = this.#gl;
    const program = linked(gl);
    gl.useProgram(program);
    for (const name of UNIFORMS) this.#at[name] = gl.getUniformLocation(program, name);
    gl.uniform1fv(this.#at.thresholds, THRESHOLDS);
    gl.uniform1i(this.#at.film, 0);
    gl.uniform1i(this.#at.heat, 1);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.disable(gl.DITHER);
    this.#film = null;
    this.#levels.clear();
    this.#heatTexture = null;
  }

  /** Whether the graphics card takes a film of this size. */
  holds(film) {
    return Math.max(film.width, film.height) <= this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE);
  }

  draw(picture) {
    const gl = this.#gl;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!picture) return;
    const number = levelFor(picture.placement.scale);
    this.#bindFilm(picture.film, number);
    this.#bindHeat(picture.heat);
    this.#tell(picture, 2 ** number);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** The pixels of the canvas as they were drawn last; red, green, blue, opacity from the top left. */
  snapshot() {
    const gl = this.#gl;
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    const upsideDown = new Uint8ClampedArray(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upsideDown);
    const data = new Uint8ClampedArray(upsideDown.length);
    for (let row = 0; row < height; row += 1) {
      const from = 4 * width * (height - 1 - row);
      data.set(upsideDown.subarray(from, from + 4 * width), 4 * width * row);
    }
    return { width, height, data };
  }

  /** Give the graphics card back what was taken: browsers keep only a few contexts. */
  dispose() {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #tell({ film, placement, low, high, inverted, opacity }, reduction) {
    const gl = this.#gl;
    gl.uniform2f(this.#at.pane, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform2f(this.#at.size, film.width, film.height);
    gl.uniform3f(this.#at.place, placement.left, placement.top, placement.scale);
    gl.uniform1f(this.#at.reduction, reduction);
    gl.uniform2f(this.#at.window, low, 1 / (high - low));
    gl.uniform1f(this.#at.inverted, inverted ? 1 : 0);
    gl.uniform1f(this.#at.opacity, opacity);
  }

  #bindFilm(film, number) {
    const gl = this.#gl;
    if (this.#film !== film) {
      for (const texture of this.#levels.values()) gl.deleteTexture(texture);
      this.#levels.clear();
      this.#film = film;
    }
    if (!this.#levels.has(number)) this.#levels.set(number, uploaded(gl, levelOf(film, number)));
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#levels.get(number));
  }

  #bindHeat(heat) {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE1);
    if (this.#heatTexture && this.#heat === heat) {
      gl.bindTexture(gl.TEXTURE_2D, this.#heatTexture);
      return;
    }
    gl.deleteTexture(this.#heatTexture);
    this.#heatTexture = texture(gl, gl.LINEAR);
    this.#heat = heat;
    // Without a map: one pixel, and nothing on it.
    const nothing = [gl.TEXTURE_2D, 0, gl.RGBA, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)];
    if (heat) gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, heat);
    else gl.texImage2D(...nothing);
  }
}

function linked(gl) {
  const program = gl.createProgram();
  gl.attachShader(program, compiled(gl, gl.VERTEX_SHADER, VERTICES));
  gl.attachShader(program, compiled(gl, gl.FRAGMENT_SHADER, FRAGMENTS));
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}

function compiled(gl, kind, source) {
  const shader = gl.createShader(kind);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
  return shader;
}

function texture(gl, filter) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, filter);
  return made;
}

function uploaded(gl, { pixels, width, height }) {
  gl.activeTexture(gl.TEXTURE0);
  const made = texture(gl, gl.NEAREST);
  const deep = pixels instanceof Uint16Array;
  const [inside, type] = deep ? [gl.R16UI, gl.UNSIGNED_SHORT] : [gl.R8UI, gl.UNSIGNED_BYTE];
  gl.texImage2D(gl.TEXTURE_2D, 0, inside, width, height, 0, gl.RED_INTEGER, type, pixels);
  return made;
}
