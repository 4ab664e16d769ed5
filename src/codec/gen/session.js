/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["session"] || ($protobuf.roots["session"] = {});

export const peerpods = $root.peerpods = (() => {

    /**
     * Namespace peerpods.
     * @exports peerpods
     * @namespace
     */
    const peerpods = {};

    peerpods.session = (function() {

        /**
         * Namespace session.
         * @memberof peerpods
         * @namespace
         */
        const session = {};

        session.v1 = (function() {

            /**
             * Namespace v1.
             * @memberof peerpods.session
             * @namespace
             */
            const v1 = {};

            v1.ResumeRequest = (function() {

                /**
                 * Properties of a ResumeRequest.
                 * @typedef {Object} peerpods.session.v1.ResumeRequest.$Properties
                 * @property {Uint8Array|null} [sessionId] ResumeRequest sessionId
                 * @property {Long|null} [receivedBytes] ResumeRequest receivedBytes
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a ResumeRequest.
                 * @memberof peerpods.session.v1
                 * @interface IResumeRequest
                 * @augments peerpods.session.v1.ResumeRequest.$Properties
                 * @deprecated Use peerpods.session.v1.ResumeRequest.$Properties instead.
                 */

                /**
                 * Shape of a ResumeRequest.
                 * @typedef {peerpods.session.v1.ResumeRequest.$Properties} peerpods.session.v1.ResumeRequest.$Shape
                 */

                /**
                 * Constructs a new ResumeRequest.
                 * @memberof peerpods.session.v1
                 * @classdesc Represents a ResumeRequest.
                 * @constructor
                 * @param {peerpods.session.v1.ResumeRequest.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const ResumeRequest = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * ResumeRequest sessionId.
                 * @member {Uint8Array} sessionId
                 * @memberof peerpods.session.v1.ResumeRequest
                 * @instance
                 */
                ResumeRequest.prototype.sessionId = $util.newBuffer([]);

                /**
                 * ResumeRequest receivedBytes.
                 * @member {Long} receivedBytes
                 * @memberof peerpods.session.v1.ResumeRequest
                 * @instance
                 */
                ResumeRequest.prototype.receivedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Creates a new ResumeRequest instance using the specified properties.
                 * @function create
                 * @memberof peerpods.session.v1.ResumeRequest
                 * @static
                 * @param {peerpods.session.v1.ResumeRequest.$Properties=} [properties] Properties to set
                 * @returns {peerpods.session.v1.ResumeRequest} ResumeRequest instance
                 * @type {{
                 *   (properties: peerpods.session.v1.ResumeRequest.$Shape): peerpods.session.v1.ResumeRequest & peerpods.session.v1.ResumeRequest.$Shape;
                 *   (properties?: peerpods.session.v1.ResumeRequest.$Properties): peerpods.session.v1.ResumeRequest;
                 * }}
                 */
                ResumeRequest.create = function(properties) {
                    return new ResumeRequest(properties);
                };

                /**
                 * Encodes the specified ResumeRequest message. Does not implicitly {@link peerpods.session.v1.ResumeRequest.verify|verify} messages.
                 * @function encode
                 * @memberof peerpods.session.v1.ResumeRequest
                 * @static
                 * @param {peerpods.session.v1.ResumeRequest.$Properties} message ResumeRequest message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                ResumeRequest.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.sessionId != null && $Object.hasOwnProperty.call(message, "sessionId") && message.sessionId.length)
                        writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.sessionId);
                    if (message.receivedBytes != null && $Object.hasOwnProperty.call(message, "receivedBytes") && (typeof message.receivedBytes === "object" ? message.receivedBytes.low || message.receivedBytes.high : message.receivedBytes !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.receivedBytes);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a ResumeRequest message from the specified reader or buffer.
                 * @function decode
                 * @memberof peerpods.session.v1.ResumeRequest
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {peerpods.session.v1.ResumeRequest & peerpods.session.v1.ResumeRequest.$Shape} ResumeRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                ResumeRequest.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.peerpods.session.v1.ResumeRequest();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 2)
                                    break;
                                if ((value = reader.bytes()).length)
                                    message.sessionId = value;
                                else
                                    delete message.sessionId;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.receivedBytes = value;
                                else
                                    delete message.receivedBytes;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                /**
                 * Gets the type url for ResumeRequest
                 * @function getTypeUrl
                 * @memberof peerpods.session.v1.ResumeRequest
                 * @static
                 * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns {string} The type url
                 */
                ResumeRequest.getTypeUrl = function(prefix) {
                    if (prefix === $undefined)
                        prefix = "type.googleapis.com";
                    return prefix + "/peerpods.session.v1.ResumeRequest";
                };

                return ResumeRequest;
            })();

            v1.ResumeResponse = (function() {

                /**
                 * Properties of a ResumeResponse.
                 * @typedef {Object} peerpods.session.v1.ResumeResponse.$Properties
                 * @property {boolean|null} [resumed] ResumeResponse resumed
                 * @property {Long|null} [receivedBytes] ResumeResponse receivedBytes
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */

                /**
                 * Properties of a ResumeResponse.
                 * @memberof peerpods.session.v1
                 * @interface IResumeResponse
                 * @augments peerpods.session.v1.ResumeResponse.$Properties
                 * @deprecated Use peerpods.session.v1.ResumeResponse.$Properties instead.
                 */

                /**
                 * Shape of a ResumeResponse.
                 * @typedef {peerpods.session.v1.ResumeResponse.$Properties} peerpods.session.v1.ResumeResponse.$Shape
                 */

                /**
                 * Constructs a new ResumeResponse.
                 * @memberof peerpods.session.v1
                 * @classdesc Represents a ResumeResponse.
                 * @constructor
                 * @param {peerpods.session.v1.ResumeResponse.$Properties=} [properties] Properties to set
                 * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
                 */
                const ResumeResponse = function (properties) {
                    if (properties)
                        for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                            if (properties[keys[i]] != null && keys[i] !== "__proto__")
                                this[keys[i]] = properties[keys[i]];
                };

                /**
                 * ResumeResponse resumed.
                 * @member {boolean} resumed
                 * @memberof peerpods.session.v1.ResumeResponse
                 * @instance
                 */
                ResumeResponse.prototype.resumed = false;

                /**
                 * ResumeResponse receivedBytes.
                 * @member {Long} receivedBytes
                 * @memberof peerpods.session.v1.ResumeResponse
                 * @instance
                 */
                ResumeResponse.prototype.receivedBytes = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

                /**
                 * Creates a new ResumeResponse instance using the specified properties.
                 * @function create
                 * @memberof peerpods.session.v1.ResumeResponse
                 * @static
                 * @param {peerpods.session.v1.ResumeResponse.$Properties=} [properties] Properties to set
                 * @returns {peerpods.session.v1.ResumeResponse} ResumeResponse instance
                 * @type {{
                 *   (properties: peerpods.session.v1.ResumeResponse.$Shape): peerpods.session.v1.ResumeResponse & peerpods.session.v1.ResumeResponse.$Shape;
                 *   (properties?: peerpods.session.v1.ResumeResponse.$Properties): peerpods.session.v1.ResumeResponse;
                 * }}
                 */
                ResumeResponse.create = function(properties) {
                    return new ResumeResponse(properties);
                };

                /**
                 * Encodes the specified ResumeResponse message. Does not implicitly {@link peerpods.session.v1.ResumeResponse.verify|verify} messages.
                 * @function encode
                 * @memberof peerpods.session.v1.ResumeResponse
                 * @static
                 * @param {peerpods.session.v1.ResumeResponse.$Properties} message ResumeResponse message or plain object to encode
                 * @param {$protobuf.Writer} [writer] Writer to encode to
                 * @returns {$protobuf.Writer} Writer
                 */
                ResumeResponse.encode = function (message, writer, _depth) {
                    if (!writer)
                        writer = $Writer.create();
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $util.recursionLimit)
                        throw $Error("max depth exceeded");
                    if (message.resumed != null && $Object.hasOwnProperty.call(message, "resumed") && message.resumed !== false)
                        writer.uint32(/* id 1, wireType 0 =*/8).bool(message.resumed);
                    if (message.receivedBytes != null && $Object.hasOwnProperty.call(message, "receivedBytes") && (typeof message.receivedBytes === "object" ? message.receivedBytes.low || message.receivedBytes.high : message.receivedBytes !== 0))
                        writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.receivedBytes);
                    if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                        for (let i = 0; i < message.$unknowns.length; ++i)
                            writer.raw(message.$unknowns[i]);
                    return writer;
                };

                /**
                 * Decodes a ResumeResponse message from the specified reader or buffer.
                 * @function decode
                 * @memberof peerpods.session.v1.ResumeResponse
                 * @static
                 * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
                 * @param {number} [length] Message length if known beforehand
                 * @returns {peerpods.session.v1.ResumeResponse & peerpods.session.v1.ResumeResponse.$Shape} ResumeResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                ResumeResponse.decode = function (reader, length, _end, _depth, _target) {
                    if (!(reader instanceof $Reader))
                        reader = $Reader.create(reader);
                    if (_depth === $undefined)
                        _depth = 0;
                    if (_depth > $Reader.recursionLimit)
                        throw $Error("max depth exceeded");
                    let end, message, value;
                    if (length === $undefined)
                        end = reader.len;
                    else {
                        end = reader.pos + length;
                        if (end > reader.len)
                            throw $RangeError("index out of range");
                        length = reader.len;
                        reader.len = end;
                    }
                    message = _target || new $root.peerpods.session.v1.ResumeResponse();
                    while (reader.pos < end) {
                        let start = reader.pos;
                        let tag = reader.tag();
                        if (tag === _end) {
                            _end = $undefined;
                            break;
                        }
                        let wireType = tag & 7;
                        switch (tag >>>= 3) {
                        case 1: {
                                if (wireType !== 0)
                                    break;
                                if (value = reader.bool())
                                    message.resumed = value;
                                else
                                    delete message.resumed;
                                continue;
                            }
                        case 2: {
                                if (wireType !== 0)
                                    break;
                                if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                    message.receivedBytes = value;
                                else
                                    delete message.receivedBytes;
                                continue;
                            }
                        }
                        reader.skipType(wireType, _depth, tag);
                        if (!reader.discardUnknown) {
                            $util.makeProp(message, "$unknowns", false);
                            (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                        }
                    }
                    if (length !== $undefined) {
                        if (reader.pos !== end)
                            throw $RangeError("index out of range");
                        reader.len = length;
                    }
                    if (_end !== $undefined)
                        throw $Error("missing end group");
                    return message;
                };

                /**
                 * Gets the type url for ResumeResponse
                 * @function getTypeUrl
                 * @memberof peerpods.session.v1.ResumeResponse
                 * @static
                 * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns {string} The type url
                 */
                ResumeResponse.getTypeUrl = function(prefix) {
                    if (prefix === $undefined)
                        prefix = "type.googleapis.com";
                    return prefix + "/peerpods.session.v1.ResumeResponse";
                };

                return ResumeResponse;
            })();

            return v1;
        })();

        return session;
    })();

    return peerpods;
})();

export {
  $root as default
};
